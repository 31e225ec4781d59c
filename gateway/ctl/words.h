// Protocol values as the command line says them: enums as short words, times as ISO 8601. One place for tables and
// JSON. Pure.
#ifndef POSTERN_GATEWAY_CTL_WORDS_H_
#define POSTERN_GATEWAY_CTL_WORDS_H_

#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/postern/v1/relay.pb.h"

namespace postern::ctl {

// "pending" for Approval.STATE_PENDING; empty for the unspecified value and for numbers this version does not know.
std::string EnumWord(const google::protobuf::EnumDescriptor& type, int number);

template <class E>
std::string Word(E value) {
  return EnumWord(*google::protobuf::GetEnumDescriptor<E>(), static_cast<int>(value));
}

// The value whose word it is.
std::optional<int> EnumFromWord(const google::protobuf::EnumDescriptor& type, std::string_view word);

// "2026-01-02T03:04:05.678Z", or with six digits.
std::string IsoMillis(int64_t unix_ms);
std::string IsoMicros(int64_t unix_us);
// For tables: "2026-01-02 03:04:05Z"; "-" for 0.
std::string TableTime(int64_t unix_ms);

// "250ms", "12s", "3m 5s", "2h 4m", "9d 3h": two units at most.
std::string Span(absl::Duration duration);

// "MariaDB 10.11.6".
std::string ServerText(const v1::ServerFacts& server);

// "1 session", "2 sessions".
std::string Count(uint64_t count, std::string_view noun);

// "a, b, c".
template <class Words>
std::string Joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_WORDS_H_
