// Whether a pattern of the policy means a name of a statement: narrowly for what lets (as the server compares names), widely
// for what denies, holds or masks (whatever some server may take for the name). Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_NAMES_H_
#define POSTERN_GATEWAY_POLICY_NAMES_H_

#include <string_view>

#include "gateway/policy/session_facts.h"

namespace postern::policy {

bool MatchesIgnoreCase(std::string_view pattern, std::string_view name);

// In letter case as the server of the session compares; letter by letter while that is not known.
bool MatchesAsServer(std::string_view pattern, std::string_view name, const SessionFacts& session);

// A server's own schema, which is `reserved`, must be spelled out: "*" does not mean mysql.
bool CoversSchema(std::string_view pattern, std::string_view schema, bool reserved, const SessionFacts& session);

// Whether a server may take one name for the other, in any letter case and with or without accents.
bool MayBeSame(std::string_view pattern, std::string_view name);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_NAMES_H_
