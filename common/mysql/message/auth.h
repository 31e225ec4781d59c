// The packets of the authentication exchange after the handshake response. An AuthSwitch response is raw bytes and
// needs no struct.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_AUTH_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_AUTH_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/mysql/message/handshake.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

namespace plugin {
inline constexpr std::string_view kNative = "mysql_native_password";
inline constexpr std::string_view kCachingSha2 = "caching_sha2_password";
inline constexpr std::string_view kSha256 = "sha256_password";
inline constexpr std::string_view kClear = "mysql_clear_password";
inline constexpr std::string_view kEd25519 = "client_ed25519";
inline constexpr std::string_view kOpenIdConnect = "authentication_openid_connect_client";
}  // namespace plugin

// FE | plug-in NUL | data. For scramble-based plug-ins the data on the wire is the scramble and a NUL.
struct AuthSwitchRequest {
  std::string plugin;
  std::string data;  // as on the wire, with its NUL if it has one

  std::string Encode() const;
  // A bare FE (pre-4.1 authentication) is unsupported.
  static absl::StatusOr<AuthSwitchRequest> Decode(Bytes payload);
};

// 01 | data
struct AuthMoreData {
  static constexpr char kFastAuthOk = 3;
  static constexpr char kFullAuth = 4;

  std::string data;

  std::string Encode() const;
  static absl::StatusOr<AuthMoreData> Decode(Bytes payload);
};

// 01 | lenenc id token: what kOpenIdConnect answers, in the handshake response or after a switch.
struct IdTokenAnswer {
  std::string_view token;  // of the payload it was read from

  static absl::StatusOr<IdTokenAnswer> Decode(Bytes payload);
};

// 11 | user NUL | auth response 1+n | schema NUL | charset 2 | plug-in NUL | attributes
struct ComChangeUser {
  std::string user;
  std::string auth_response;
  std::string database;  // empty: none
  uint16_t charset = 0;
  std::string plugin;
  ConnectionAttributes attributes;

  std::string Encode(Capabilities capabilities) const;
  // Fields after the schema may be missing, as old clients send it.
  static absl::StatusOr<ComChangeUser> Decode(Bytes payload, Capabilities capabilities);
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_AUTH_H_
