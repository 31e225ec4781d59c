#include "common/config/problem.h"

#include "common/config/cat.h"

namespace postern::config {

std::string Problem::ToString() const {
  std::string out = file;
  if (line != 0) Append(out, ":", line);
  if (line != 0 && column != 0) Append(out, ":", column);
  if (!out.empty()) out += ": ";
  if (!key.empty()) Append(out, key, ": ");
  return out + message;
}

std::string ToString(const Problems& problems) {
  std::string out;
  for (const Problem& problem : problems) Append(out, out.empty() ? "" : "\n", problem.ToString());
  return out;
}

absl::Status ToStatus(const Problems& problems) {
  return problems.empty() ? absl::OkStatus() : absl::InvalidArgumentError(ToString(problems));
}

}  // namespace postern::config
