// What a database account may do, as SHOW GRANTS says it, and what of that a relay should not have. Pure functions.
#ifndef POSTERN_RELAY_AGENT_DOCTOR_GRANTS_H_
#define POSTERN_RELAY_AGENT_DOCTOR_GRANTS_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postern::relay {

// One line. Names in upper case where they are privileges, as they are where they are schemas or roles.
struct Grant {
  enum class Kind { kPrivileges, kRoles, kRevoked, kProxy, kOther };
  Kind kind = Kind::kOther;
  std::vector<std::string> names;  // privileges, without their lists of columns; or roles
  std::string schema;              // empty: every schema
  std::string object;              // table or routine; empty: all of the schema
  bool grant_option = false;       // or ADMIN OPTION of a role
};

// A line that is not understood is kOther.
Grant ParseGrant(std::string_view line);

enum class Severity { kWarning, kDanger };

struct Finding {
  Severity severity = Severity::kWarning;
  std::string text;

  friend bool operator==(const Finding&, const Finding&) = default;
};

// More than agents' sessions should stand on. What we do not know is dangerous.
std::vector<Finding> Excess(const std::vector<Grant>& grants);

// Of SHOW VIEW, TRIGGER and EXECUTE, what is missing on the schemas that the account has rights in.
std::vector<Finding> Missing(const std::vector<Grant>& grants);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_DOCTOR_GRANTS_H_
