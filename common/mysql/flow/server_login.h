// The gateway's side of the connection phase: greeting, TLS, and a secret to verify. No socket: each call returns what
// to send and what to do next. One object per login, one thread at a time.
//
//   gateway                                   client
//   greeting (caching_sha2_password)   ->
//                                      <-     SSLRequest                         (then TLS)
//                                      <-     HandshakeResponse41
//   AuthSwitch (other plug-ins, once)  ->
//                                      <-     response
//   AuthMoreData 04                    ->
//                                      <-     secret NUL
//   OK or ERR                          ->
//
// The client's hash is never checked: full authentication is always asked for, so that the secret can be any token.
// A client that showed a certificate and gives an empty password is asked for nothing more.
// Where id tokens are welcome, any other client of Oracle's that gives an empty password and has the plug-in for them is switched to
// it: with an id-token file configured it does not say so by itself.
// Outside TLS nobody is asked for a secret, unless allow_plain says that this is a loopback connection; then the secret
// travels under the gateway's RSA key.
//
// How to drive it:
//   ServerAction action = login.Start();
//   for (;;) { write(action.send); act on action.next: NeedPacket -> OnPacket, StartTls -> handshake, OnTlsStarted,
//              Verify -> OnAccepted or OnRefused, LoggedIn and LoginFailed end it (LoginFailed: close) }
// Before StartTls the socket must not have been read past the packet (PacketAssembler::bytes_wanted); what comes next
// and is not a TLS ClientHello is the socket layer's to refuse.
#ifndef POSTERN_COMMON_MYSQL_FLOW_SERVER_LOGIN_H_
#define POSTERN_COMMON_MYSQL_FLOW_SERVER_LOGIN_H_

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/flow/secret.h"
#include "common/mysql/message/handshake.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

enum class SecretMethod {
  kNone,          // the client gave an empty secret: only a certificate can speak for it
  kFullOverTls,   // caching_sha2_password, full authentication
  kClearOverTls,  // mysql_clear_password
  kIdToken,       // authentication_openid_connect_client, inside TLS
  kRsa,           // caching_sha2_password under the gateway's RSA key, plain loopback only
};

struct NeedPacket {};
// Send first what the action carries, then do the TLS handshake as server (client flow: as client) on the socket.
struct StartTls {};
// Who says to be whom. The secret is wiped when this is dropped.
struct Verify {
  std::string user;
  Secret secret;
  SecretMethod method = SecretMethod::kNone;
  std::string database;  // empty: none asked for
  ConnectionAttributes attributes;
  uint16_t charset = 0;  // collation id; only its low byte in a first login
  uint32_t max_packet_bytes = 0;
  Capabilities capabilities = 0;  // negotiated
};
struct LoggedIn {};
// The ERR is in `send`. `reason` is for the log and holds nothing secret.
struct LoginFailed {
  std::string reason;
};

struct ServerAction {
  std::string send;  // whole packets to write before anything else; may be empty
  std::variant<NeedPacket, StartTls, Verify, LoggedIn, LoginFailed> next;
};

// "send 79 bytes, then start TLS": for logs and tests, without secrets.
std::string Describe(const ServerAction& action);

// kScrambleBytes random bytes of 01..7F without '$', as all clients can take them.
std::string NewScramble();

class ServerLogin {
 public:
  struct Options {
    std::string server_version;
    uint32_t connection_id = 0;
    std::string scramble;                            // NewScramble()
    Capabilities offered = GatewayCapabilities({});  // without kSsl if TLS is not available
    bool allow_plain = false;                        // loopback, and the configuration says so
    bool id_tokens = false;                          // tokens of an OpenID provider are welcome
    EVP_PKEY* rsa_key =
        nullptr;  // for plain connections; not owned, must outlive the flow; without it they are refused
    uint8_t charset = 255;
    size_t max_packet_bytes = 64 * 1024;  // of any packet the client sends here; tokens are far smaller
    size_t max_secret_bytes = 16 * 1024;
  };

  // A new connection; begin with Start().
  explicit ServerLogin(Options options);
  // COM_CHANGE_USER on a connection that negotiated `capabilities`; begin with OnPacket(0, payload), then as above.
  // Options::scramble is a new one.
  static ServerLogin ForChangeUser(Options options, Capabilities capabilities, bool inside_tls);

  ServerAction Start();
  // One whole logical packet. REQUIRES: the last action was NeedPacket.
  ServerAction OnPacket(uint8_t sequence, Bytes payload);
  // The PacketAssembler gave this error in place of a packet.
  ServerAction OnBadPacket(const absl::Status& status);
  // `certificate`: the client showed one.
  ServerAction OnTlsStarted(bool certificate = false);
  // REQUIRES: the last action was Verify.
  ServerAction OnAccepted(uint16_t status_flags = server_status::kAutocommit);
  ServerAction OnRefused(const ErrPacket& error);

 private:
  enum class State {
    kStart,
    kFirstPacket,
    kTlsHandshake,
    kTlsResponse,
    kChangeUser,
    kSwitched,
    kSwitchedClear,
    kSwitchedIdToken,
    kFullAuth,
    kRsaAnswer,
    kVerify,
    kOver
  };

  ServerAction OnFirstPacket(Bytes payload);
  ServerAction OnResponse(Bytes payload);
  ServerAction OnChangeUser(Bytes payload);
  ServerAction OnIdentity(std::string_view auth_response);
  ServerAction OnScrambleAnswer(std::string_view answer);
  ServerAction OnFullAuth(std::string_view answer);
  ServerAction OnRsaAnswer(std::string_view answer);
  ServerAction AskScrambleAnswer();
  ServerAction AskClear();
  ServerAction AskIdToken();
  ServerAction OnIdToken(Bytes answer);
  ServerAction GotSecret(std::string_view secret, SecretMethod method);
  bool PlainIsAllowed() const;
  bool IdTokensAllowed() const { return inside_tls_ && options_.id_tokens; }
  ServerAction Ask(const std::string& payload, State then);
  ServerAction Fail(uint16_t code, std::string_view sqlstate, std::string_view message, bool knows_sqlstate = true);
  std::string Packet(const std::string& payload);

  Options options_;
  State state_ = State::kStart;
  bool inside_tls_ = false;
  bool certificate_ = false;
  uint8_t sequence_ = 0;  // of the next packet, whoever sends it
  SslRequest ssl_request_;
  std::string plugin_;
  Verify claim_;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_SERVER_LOGIN_H_
