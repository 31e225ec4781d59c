#include "common/mysql/capabilities.h"

#include <array>
#include <string_view>

namespace postern::mysql {
namespace {

using namespace capability;

// Offered to every agent. Not there: what wraps or hides packets (COMPRESS, ZSTD, OPTIONAL_METADATA), what reads the
// agent's files (LOCAL_FILES), what starts conversations we do not lead (MULTI_FACTOR, EXPIRED_PASSWORDS).
constexpr Capabilities kOffered = kLongPassword | kFoundRows | kLongFlag | kConnectWithDb | kOdbc | kIgnoreSpace |
                                  kProtocol41 | kInteractive | kTransactions | kSecureConnection | kMultiResults |
                                  kPsMultiResults | kPluginAuth | kConnectAttrs | kLenencClientData | kSessionTrack |
                                  kDeprecateEof | kQueryAttributes;

// Asked of the server if the agent has them: they change what statements mean or what replies look like.
constexpr Capabilities kCopied = kFoundRows | kOdbc | kIgnoreSpace | kInteractive | kMultiStatements | kMultiResults |
                                 kPsMultiResults | kDeprecateEof;

// Asked of the server whatever the agent has.
constexpr Capabilities kRequired = kProtocol41 | kSecureConnection | kPluginAuth | kTransactions | kSessionTrack;
constexpr Capabilities kWelcome = kLongPassword | kLongFlag | kConnectAttrs | kLenencClientData;

constexpr std::array<std::string_view, 32> kNames = {"LONG_PASSWORD",
                                                     "FOUND_ROWS",
                                                     "LONG_FLAG",
                                                     "CONNECT_WITH_DB",
                                                     "NO_SCHEMA",
                                                     "COMPRESS",
                                                     "ODBC",
                                                     "LOCAL_FILES",
                                                     "IGNORE_SPACE",
                                                     "PROTOCOL_41",
                                                     "INTERACTIVE",
                                                     "SSL",
                                                     "IGNORE_SIGPIPE",
                                                     "TRANSACTIONS",
                                                     "RESERVED",
                                                     "SECURE_CONNECTION",
                                                     "MULTI_STATEMENTS",
                                                     "MULTI_RESULTS",
                                                     "PS_MULTI_RESULTS",
                                                     "PLUGIN_AUTH",
                                                     "CONNECT_ATTRS",
                                                     "LENENC_CLIENT_DATA",
                                                     "EXPIRED_PASSWORDS",
                                                     "SESSION_TRACK",
                                                     "DEPRECATE_EOF",
                                                     "OPTIONAL_METADATA",
                                                     "ZSTD",
                                                     "QUERY_ATTRIBUTES",
                                                     "MULTI_FACTOR",
                                                     "CAPABILITY_EXTENSION",
                                                     "SSL_VERIFY",
                                                     "REMEMBER_OPTIONS"};

}  // namespace

Capabilities GatewayCapabilities(const GatewayOffer& offer) {
  return kOffered | (offer.tls ? kSsl : 0) | (offer.multi_statements ? kMultiStatements : 0);
}

absl::StatusOr<Capabilities> UpstreamCapabilities(Capabilities agent, Capabilities server, bool tls) {
  // LONG_PASSWORD is sent even where the server does not list it (MariaDB clears it): set, it keeps MariaDB's
  // extensions off.
  Capabilities asked = kRequired | kWelcome | (agent & kCopied) | (tls ? kSsl : 0);
  Capabilities needed = kRequired | (agent & kCopied & ~kOdbc) | (tls ? kSsl : 0);
  if (Capabilities missing = needed & ~server) {
    return absl::FailedPreconditionError("the server does not offer " + CapabilitiesText(missing));
  }
  asked &= server | kLongPassword;
  return asked | (agent & server & kQueryAttributes);
}

std::string CapabilitiesText(Capabilities capabilities) {
  std::string text;
  for (size_t bit = 0; bit < kNames.size(); ++bit) {
    if (!(capabilities >> bit & 1)) continue;
    if (!text.empty()) text += " | ";
    text += kNames[bit];
  }
  return text.empty() ? "none" : text;
}

}  // namespace postern::mysql
