// What is wrong with a configuration text, where, and in words. Plain values, any thread.
#ifndef POSTERN_COMMON_CONFIG_PROBLEM_H_
#define POSTERN_COMMON_CONFIG_PROBLEM_H_

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postern::config {

struct Problem {
  std::string file;
  uint32_t line = 0;    // from 1; 0 when it concerns the file as a whole
  uint32_t column = 0;  // likewise
  std::string key;      // path of the key: "mysql.tls.certificate", "rules[2].allow.verbs"; may be empty
  std::string message;

  // "gateway.yaml:12:5: mysql.tls.certificate: no such file"
  std::string ToString() const;

  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

// One line per problem.
std::string ToString(const Problems& problems);

// OK without problems, else INVALID_ARGUMENT with one line per problem.
absl::Status ToStatus(const Problems& problems);

// What a loader returns. INVARIANT: `value` is set exactly when `problems` is empty.
template <class T>
struct Loaded {
  std::optional<T> value;
  Problems problems;

  bool ok() const { return value.has_value(); }
  absl::Status status() const { return ToStatus(problems); }

  // Keeps the value only if nothing is wrong.
  static Loaded From(T value, Problems problems) {
    if (!problems.empty()) return Loaded{std::nullopt, std::move(problems)};
    return Loaded{std::move(value), {}};
  }
};

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_PROBLEM_H_
