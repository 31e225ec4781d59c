// Capability flags and what each leg does with them. The agent's leg is decided by the gateway before it knows the
// database; the database's leg is then asked for the same packet layouts, so that packets pass through unchanged.
// MariaDB's extended capabilities are never in play: CLIENT_MYSQL (bit 0) is always set, which switches them off.
#ifndef POSTERN_COMMON_MYSQL_CAPABILITIES_H_
#define POSTERN_COMMON_MYSQL_CAPABILITIES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace postern::mysql {

using Capabilities = uint32_t;

namespace capability {
inline constexpr Capabilities kLongPassword = 1u << 0;  // MariaDB calls it CLIENT_MYSQL
inline constexpr Capabilities kFoundRows = 1u << 1;
inline constexpr Capabilities kLongFlag = 1u << 2;
inline constexpr Capabilities kConnectWithDb = 1u << 3;
inline constexpr Capabilities kNoSchema = 1u << 4;
inline constexpr Capabilities kCompress = 1u << 5;
inline constexpr Capabilities kOdbc = 1u << 6;
inline constexpr Capabilities kLocalFiles = 1u << 7;
inline constexpr Capabilities kIgnoreSpace = 1u << 8;
inline constexpr Capabilities kProtocol41 = 1u << 9;
inline constexpr Capabilities kInteractive = 1u << 10;
inline constexpr Capabilities kSsl = 1u << 11;
inline constexpr Capabilities kIgnoreSigpipe = 1u << 12;
inline constexpr Capabilities kTransactions = 1u << 13;
inline constexpr Capabilities kReserved = 1u << 14;
inline constexpr Capabilities kSecureConnection = 1u << 15;
inline constexpr Capabilities kMultiStatements = 1u << 16;
inline constexpr Capabilities kMultiResults = 1u << 17;
inline constexpr Capabilities kPsMultiResults = 1u << 18;
inline constexpr Capabilities kPluginAuth = 1u << 19;
inline constexpr Capabilities kConnectAttrs = 1u << 20;
inline constexpr Capabilities kLenencClientData = 1u << 21;
inline constexpr Capabilities kExpiredPasswords = 1u << 22;
inline constexpr Capabilities kSessionTrack = 1u << 23;
inline constexpr Capabilities kDeprecateEof = 1u << 24;
inline constexpr Capabilities kOptionalMetadata = 1u << 25;
inline constexpr Capabilities kZstd = 1u << 26;
inline constexpr Capabilities kQueryAttributes = 1u << 27;
inline constexpr Capabilities kMultiFactor = 1u << 28;
inline constexpr Capabilities kCapabilityExtension = 1u << 29;
inline constexpr Capabilities kSslVerify = 1u << 30;
inline constexpr Capabilities kRememberOptions = 1u << 31;
}  // namespace capability

// Status flags of OK and EOF packets.
namespace server_status {
inline constexpr uint16_t kInTransaction = 0x0001;
inline constexpr uint16_t kAutocommit = 0x0002;
inline constexpr uint16_t kMoreResults = 0x0008;
inline constexpr uint16_t kCursorExists = 0x0040;
inline constexpr uint16_t kLastRowSent = 0x0080;
inline constexpr uint16_t kNoBackslashEscapes = 0x0200;
inline constexpr uint16_t kSessionStateChanged = 0x4000;
inline constexpr uint16_t kAnsiQuotes = 0x8000;  // MariaDB only
}  // namespace server_status

struct GatewayOffer {
  bool tls = true;
  bool multi_statements = false;  // only where a rule lets an agent send several statements at once
};

// What the gateway's greeting offers.
Capabilities GatewayCapabilities(const GatewayOffer& offer);

// What holds on the agent's leg: the client's flags cut down to what was offered (clients set bits nobody offered).
inline Capabilities Negotiate(Capabilities offered, Capabilities client) { return offered & client; }

// What the relay asks of a server for an agent that negotiated `agent`. CONNECT_WITH_DB is added by whoever has a
// schema to name. Fails with FailedPrecondition when the server lacks what the agent's packet layout, or our following
// of the session's state, depends on. QUERY_ATTRIBUTES is asked only if both have it: otherwise the gateway recodes.
absl::StatusOr<Capabilities> UpstreamCapabilities(Capabilities agent, Capabilities server, bool tls);

// "PROTOCOL_41 | SSL | …" for logs and test failures.
std::string CapabilitiesText(Capabilities capabilities);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_CAPABILITIES_H_
