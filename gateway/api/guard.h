// Who may call: a bearer token in, or else a certificate, and a person with a fitting role out, or an agent where the RPC is about what is its own. Every RPC but the relays' passes here first.
//
// Thread-safe; does not block.
#ifndef POSTERN_GATEWAY_API_GUARD_H_
#define POSTERN_GATEWAY_API_GUARD_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "gateway/api/audit.h"
#include "gateway/api/rpc_roles.h"
#include "gateway/identity/authenticator.h"

namespace grpc {
class CallbackServerContext;
}

namespace postern::api {

class Connections;

class Guard {
 public:
  Guard(identity::Authenticator& authenticator, Connections& connections, Audit& audit)
      : authenticator_(authenticator), connections_(connections), audit_(audit) {}

  // Calls `ready` once, from here or another thread, when Authorize can tell about the call's token.
  void Prepare(const grpc::CallbackServerContext& context, identity::Authenticator::Ready ready);

  // UNAUTHENTICATED: neither token nor certificate, or one that is no good, the same words for each; that is put on record.
  // PERMISSION_DENIED: an agent's token where none serves, or no role of the RPC's; such an attempt is put on record.
  // RESOURCE_EXHAUSTED: too many bad tokens from there lately. Whoever has a good token may keep the connection.
  absl::StatusOr<identity::Principal> Authorize(const grpc::CallbackServerContext& context, Rpc rpc,
                                                const Intent& intent);

 private:
  identity::Authenticator& authenticator_;
  Connections& connections_;
  Audit& audit_;
};

// Metadata of calls from within this process, the console's: the address of whose browser it is. Nobody else's is looked at.
inline constexpr char kCallerAddress[] = "x-postern-caller-address";

// The address in gRPC's "ipv4:10.0.0.1:5000" or "ipv6:%5B::1%5D:5000", without the port: what rate limits count by.
std::string SourceAddress(std::string_view peer);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_GUARD_H_
