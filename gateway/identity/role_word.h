// Roles by the words that configuration and command lines have for them.
#ifndef POSTERN_GATEWAY_IDENTITY_ROLE_WORD_H_
#define POSTERN_GATEWAY_IDENTITY_ROLE_WORD_H_

#include <optional>
#include <string_view>

#include "proto/postern/v1/access.pb.h"

namespace postern::identity {

inline std::optional<v1::Role> RoleFrom(std::string_view word) {
  if (word == "reviewer") return v1::ROLE_REVIEWER;
  if (word == "auditor") return v1::ROLE_AUDITOR;
  if (word == "admin") return v1::ROLE_ADMIN;
  return std::nullopt;
}

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_ROLE_WORD_H_
