// Statements and facts as the JSON Lines of `sql facts`: one object asks, one answers. Pure.
#ifndef POSTERN_GATEWAY_CTL_SQL_JSON_H_
#define POSTERN_GATEWAY_CTL_SQL_JSON_H_

#include <absl/status/statusor.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/sql/dialect.h"

namespace postern::ctl {

// "9.7.4" as 90704; empty if it is no version.
std::optional<int> VersionNumber(std::string_view text);
// The dialect of a vendor's name ("mysql", "mariadb"), a version and a sql_mode; the error says which of them is not known.
absl::StatusOr<sql::Dialect> DialectFrom(std::string_view vendor, std::string_view version, std::string_view sql_mode);

// {"ok": true, "kind", "verb", "group", "objects", "columns", ...} for a statement that is read, names without a schema
// taken as the default schema's; {"ok": false, "error", "offset", "reason"} for one that is not.
nlohmann::ordered_json FactsJson(std::string_view statement, const sql::Dialect& dialect, std::string_view schema);

// {"ok": true, "text"}: the statement laid out for people; or as above why it is not read.
nlohmann::ordered_json PrintedJson(std::string_view statement, const sql::Dialect& dialect);

// The answer to one line: {"sql", "vendor", "version", "sql_mode", "schema"}, of which only the first must be there.
nlohmann::ordered_json AnswerLine(std::string_view line);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SQL_JSON_H_
