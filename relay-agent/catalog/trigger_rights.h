// On which tables the relay's user has the privilege TRIGGER: where it has not, the server lists no triggers at all,
// and nobody can tell none from hidden ones.
#ifndef POSTERN_RELAY_AGENT_CATALOG_TRIGGER_RIGHTS_H_
#define POSTERN_RELAY_AGENT_CATALOG_TRIGGER_RIGHTS_H_

#include <absl/status/statusor.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "relay-agent/closing/second_connection.h"

namespace postern::relay {

class TriggerRights {
 public:
  // What is granted to the user itself: what it has through a role does not count.
  static absl::StatusOr<TriggerRights> Read(SecondConnection& connection);

  TriggerRights() = default;
  TriggerRights(bool everywhere, std::vector<std::string> schema_patterns,
                std::set<std::pair<std::string, std::string>> tables)
      : everywhere_(everywhere), schema_patterns_(std::move(schema_patterns)), tables_(std::move(tables)) {}

  bool Cover(const std::string& schema, const std::string& table) const;

 private:
  bool everywhere_ = false;
  std::vector<std::string> schema_patterns_;
  std::set<std::pair<std::string, std::string>> tables_;
};

// A schema's name against the pattern of a grant: % is anything, _ any character, \ takes the meaning from what
// follows.
bool MatchesGrant(std::string_view pattern, std::string_view schema);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CATALOG_TRIGGER_RIGHTS_H_
