#include "gateway/api/bearer_token.h"

#include <absl/strings/match.h>

namespace postern::api {
namespace {

constexpr char kHeader[] = "authorization";
constexpr std::string_view kScheme = "bearer ";

}  // namespace

std::optional<std::string_view> BearerToken(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  if (metadata.count(kHeader) != 1) return std::nullopt;
  const grpc::string_ref header = metadata.find(kHeader)->second;
  const std::string_view value(header.data(), header.size());
  if (value.size() <= kScheme.size() ||
      !absl::EqualsIgnoreCase({value.data(), kScheme.size()}, {kScheme.data(), kScheme.size()})) {
    return std::nullopt;
  }
  return value.substr(kScheme.size());
}

}  // namespace postern::api
