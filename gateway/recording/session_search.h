// What a filter for sessions means in the session index's SQL. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_SESSION_SEARCH_H_
#define POSTERN_GATEWAY_RECORDING_SESSION_SEARCH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/postern/v1/session.pb.h"

namespace postern::recording {

struct SessionSearch {
  // Conditions on the table `sessions`, each behind an AND, and the values of their parameters in order.
  std::string conditions;
  std::vector<std::variant<std::string, int64_t>> values;
};

// Of statements that match, the newest so many are looked at: a word that stands in every one of ten million must not be
// searched for minutes.
inline constexpr int kStatementsLookedAt = 100'000;

SessionSearch SearchFor(const v1::ListSessionsRequest& filter);

// Every word of it, wherever it stands, in FTS5's language; nothing in it is an operator.
std::string MatchOf(std::string_view words);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_SESSION_SEARCH_H_
