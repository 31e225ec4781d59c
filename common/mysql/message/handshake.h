// The first three packets of a connection. Decoders take one whole logical payload and copy what they keep.
// Errors are those of wire/errors.h.
#ifndef POSTERN_COMMON_MYSQL_MESSAGE_HANDSHAKE_H_
#define POSTERN_COMMON_MYSQL_MESSAGE_HANDSHAKE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/capabilities.h"
#include "common/mysql/wire/bytes.h"

namespace postern::mysql {

// Connection attributes in the order sent. Names may repeat.
using ConnectionAttributes = std::vector<std::pair<std::string, std::string>>;

inline constexpr size_t kScrambleBytes = 20;

// protocol 1 (=10) | version NUL | connection id 4 | scramble 8 | 0 | caps low 2 | charset 1 | status 2 | caps high 2 |
// auth data length 1 | reserved 10 | rest of scramble, at least 12 + NUL | plug-in NUL
struct HandshakeV10 {
  std::string server_version;
  uint32_t connection_id = 0;
  std::string scramble;  // without the closing NUL; kScrambleBytes of them
  Capabilities capabilities = 0;
  uint8_t charset = 255;  // low byte of the collation id
  uint16_t status_flags = server_status::kAutocommit;
  std::string plugin;

  // REQUIRES: scramble.size() == kScrambleBytes; no NUL in the strings.
  std::string Encode() const;
  // An ERR in place of a greeting ("too many connections") is for the caller to see first.
  static absl::StatusOr<HandshakeV10> Decode(Bytes payload);
};

// capabilities 4 | max packet 4 | charset 1 | filler 23; exactly 32 bytes.
struct SslRequest {
  Capabilities capabilities = 0;
  uint32_t max_packet_bytes = 0;
  uint8_t charset = 0;

  std::string Encode() const;
  static absl::StatusOr<SslRequest> Decode(Bytes payload);
};

// As SslRequest, then: user NUL | auth response (lenenc, 1+n, or NUL) | [schema NUL] | [plug-in NUL] |
// [attributes: lenenc total, lenenc name, lenenc value …]
struct HandshakeResponse41 {
  static constexpr size_t kMaxAttributesBytes = 64 * 1024;

  Capabilities capabilities = 0;
  uint32_t max_packet_bytes = 0;
  uint8_t charset = 0;
  std::string user;
  std::string auth_response;
  std::optional<std::string> database;
  std::string plugin;
  ConnectionAttributes attributes;

  // Which optional fields are written follows from `capabilities`.
  std::string Encode() const;
  // Which optional fields are read follows from the client's flags, cut down to `offered`, as servers do.
  static absl::StatusOr<HandshakeResponse41> Decode(Bytes payload, Capabilities offered);
};

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_MESSAGE_HANDSHAKE_H_
