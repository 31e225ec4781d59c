// The relay's side of the connection phase: logs in to MySQL 5.7-9 and MariaDB. No socket: each call returns what to
// send and what to do next. One object per login, one thread at a time.
//
// Methods: mysql_native_password, caching_sha2_password (fast; full over TLS or under the server's RSA key),
// sha256_password (TLS or RSA), mysql_clear_password (verified TLS only), client_ed25519. The greeting's plug-in is a
// hint, one AuthSwitch is followed, LOCAL INFILE is never offered.
//
// How to drive it:
//   ClientAction action = login.Start();
//   for (;;) { write(action.send); act on action.next: NeedPacket -> OnPacket, StartTls -> handshake, OnTlsStarted,
//              Connected and ConnectFailed end it }
#ifndef POSTERN_COMMON_MYSQL_FLOW_CLIENT_LOGIN_H_
#define POSTERN_COMMON_MYSQL_FLOW_CLIENT_LOGIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/flow/secret.h"
#include "common/mysql/flow/server_login.h"
#include "common/mysql/message/auth.h"
#include "common/mysql/message/handshake.h"
#include "common/mysql/message/response.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

enum class TlsWish { kDisabled, kPreferred, kRequired };
enum class Vendor { kMySql, kMariaDb };

struct Connected {
  std::string server_version;  // without MariaDB's "5.5.5-"
  Vendor vendor = Vendor::kMySql;
  uint32_t connection_id = 0;
  Capabilities capabilities = 0;         // negotiated: layout of every packet from here on
  Capabilities server_capabilities = 0;  // all that the server offers
  uint16_t status_flags = 0;
  bool tls = false;
};

// Unauthenticated: the server said no (its ERR is in the message and in `error`). FailedPrecondition: the server cannot
// do what is needed, or the method would give the password away. Otherwise wire/errors.h. Nothing secret in it.
struct ConnectFailed {
  absl::Status status;
  std::optional<ErrPacket> error;
};

struct ClientAction {
  std::string send;  // may hold the password: wipe after writing (WipeString)
  std::variant<NeedPacket, StartTls, Connected, ConnectFailed> next;
};

// For logs and tests, without secrets.
std::string Describe(const ClientAction& action);

class ClientLogin {
 public:
  struct Options {
    std::string user;
    Secret password;
    std::string database;                 // empty: none
    Capabilities agent_capabilities = 0;  // negotiated with the agent; see UpstreamCapabilities
    uint8_t charset = 45;                 // utf8mb4_general_ci: known to MySQL and MariaDB alike
    TlsWish tls = TlsWish::kRequired;
    bool tls_is_verified = false;  // certificate and host name are checked by the TLS layer
    ConnectionAttributes attributes;
    std::string server_public_key;                 // PEM; pins the RSA key; empty: none
    bool allow_rsa_key_retrieval = false;          // take whatever RSA key the server sends over plain TCP
    uint32_t max_packet_bytes = 16 * 1024 * 1024;  // only announced
  };

  explicit ClientLogin(Options options);

  ClientAction Start();
  // One whole logical packet. REQUIRES: the last action was NeedPacket.
  ClientAction OnPacket(uint8_t sequence, Bytes payload);
  ClientAction OnTlsStarted();

 private:
  enum class State { kStart, kGreeting, kTlsHandshake, kAuth, kRsaKey, kOver };

  ClientAction OnGreeting(Bytes payload);
  ClientAction OnAuthPacket(Bytes payload);
  ClientAction OnSwitch(Bytes payload);
  ClientAction OnMoreData(std::string_view data);
  ClientAction OnRsaKeyPacket(Bytes payload);
  ClientAction OnRsaKey(std::string_view pem);
  ClientAction OnOk(Bytes payload);
  ClientAction OnErr(Bytes payload);
  ClientAction SendResponse();
  // The first answer of plugin_ to scramble_.
  absl::StatusOr<std::string> Answer();
  absl::StatusOr<std::string> UnderRsaOrRequest(char request);
  absl::StatusOr<std::string> UnderRsa(std::string_view pem);
  ClientAction SendAndWipe(std::string payload, State then);
  ClientAction Send(const std::string& payload, State then);
  ClientAction Fail(absl::Status status);

  Options options_;
  State state_ = State::kStart;
  HandshakeV10 greeting_;
  Connected result_;
  std::string plugin_;
  std::string scramble_;
  bool switched_ = false;
  bool password_sent_ = false;
  bool rsa_key_taken_ = false;
  uint8_t sequence_ = 0;
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_CLIENT_LOGIN_H_
