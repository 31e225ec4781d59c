// Names that the gateway keeps for itself: no token, certificate or issuer can speak for them.
#ifndef POSTERN_GATEWAY_IDENTITY_RESERVED_NAMES_H_
#define POSTERN_GATEWAY_IDENTITY_RESERVED_NAMES_H_

#include <string_view>

namespace postern::identity {

// The agent as which the gateway verifies itself; policy grants and refuses it like any other.
inline constexpr char kVerificationAgent[] = "postern-verification";
// Its Principal::identity_kind: there is nothing that it could show, so it is made within this process only.
inline constexpr char kVerification[] = "verification";

inline bool IsReservedName(std::string_view name) { return name == kVerificationAgent; }

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_RESERVED_NAMES_H_
