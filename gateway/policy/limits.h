// What a statement that runs may bring back or change, and how long it may take. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_LIMITS_H_
#define POSTERN_GATEWAY_POLICY_LIMITS_H_

#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace postern::policy {

// The smaller of two bounds, each of which may be absent.
template <class T>
std::optional<T> Tightest(const std::optional<T>& a, const std::optional<T>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// An absent limit is none.
struct StatementLimits {
  std::optional<uint64_t> max_rows;           // of its results together
  std::optional<uint64_t> max_bytes;          // likewise
  std::optional<uint64_t> max_affected_rows;  // changed by it
  std::optional<absl::Duration> max_execution_time;

  bool any() const { return max_rows || max_bytes || max_affected_rows || max_execution_time; }

  void Tighten(const StatementLimits& other) {
    max_rows = Tightest(max_rows, other.max_rows);
    max_bytes = Tightest(max_bytes, other.max_bytes);
    max_affected_rows = Tightest(max_affected_rows, other.max_affected_rows);
    max_execution_time = Tightest(max_execution_time, other.max_execution_time);
  }

  friend bool operator==(const StatementLimits&, const StatementLimits&) = default;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_LIMITS_H_
