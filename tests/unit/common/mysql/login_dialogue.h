// Recorded logins, and the plumbing to play them: packets in, actions out.
#ifndef POSTERN_TESTS_UNIT_COMMON_MYSQL_LOGIN_DIALOGUE_H_
#define POSTERN_TESTS_UNIT_COMMON_MYSQL_LOGIN_DIALOGUE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/mysql/flow/client_login.h"
#include "common/mysql/flow/server_login.h"
#include "common/mysql/wire/packet.h"

namespace postern::mysql {

inline const std::string kTestScramble = "abcdefghijklmnopqrst";

inline std::string Wire(std::string_view payload, uint8_t sequence) {
  std::string wire;
  AppendPacket(wire, AsBytes(payload), sequence);
  return wire;
}

// Payloads of the packets in `wire`.
inline std::vector<std::string> Payloads(std::string_view wire) {
  std::vector<std::string> payloads;
  PacketAssembler assembler(1 << 20);
  assembler.Append(AsBytes(wire));
  for (auto packet = assembler.Next(); packet.ok() && packet->has_value(); packet = assembler.Next()) {
    payloads.emplace_back(AsText((*packet)->payload));
  }
  return payloads;
}

inline ServerLogin::Options GatewayOptions() {
  ServerLogin::Options options;
  options.server_version = "8.0.40-postern";
  options.connection_id = 42;
  options.scramble = kTestScramble;
  return options;
}

// Plays a client's bytes into a server flow until it has an end or wants more than there is. TLS is taken as done, and
// every claim whose secret is "token" is accepted.
struct ServerPlay {
  std::string sent;
  ServerAction last;
  std::string claimed;  // "user/secret/schema" of the claim
};

inline ServerPlay PlayServer(ServerLogin login, std::string_view client_bytes, bool certificate = false) {
  ServerPlay play;
  play.last = login.Start();
  PacketAssembler assembler(64 * 1024);
  assembler.Append(AsBytes(client_bytes));
  for (;;) {
    play.sent += play.last.send;
    if (std::holds_alternative<StartTls>(play.last.next)) {
      play.last = login.OnTlsStarted(certificate);
    } else if (auto* claim = std::get_if<Verify>(&play.last.next)) {
      play.claimed = claim->user + "/" + std::string(claim->secret.Reveal()) + "/" + claim->database;
      bool accepted = claim->secret.Reveal() == "token";
      play.last = accepted ? login.OnAccepted() : login.OnRefused({1045, "28000", "Access denied"});
    } else if (std::holds_alternative<NeedPacket>(play.last.next)) {
      auto packet = assembler.Next();
      if (packet.ok() && !packet->has_value()) return play;
      play.last = packet.ok() ? login.OnPacket((*packet)->first_sequence, (*packet)->payload)
                              : login.OnBadPacket(packet.status());
    } else {
      return play;
    }
  }
}

// Plays a server's bytes into a client flow in the same way.
struct ClientPlay {
  std::string sent;
  ClientAction last;
};

inline ClientPlay PlayClient(ClientLogin login, std::string_view server_bytes) {
  ClientPlay play;
  play.last = login.Start();
  PacketAssembler assembler(64 * 1024);
  assembler.Append(AsBytes(server_bytes));
  for (;;) {
    play.sent += play.last.send;
    if (std::holds_alternative<StartTls>(play.last.next)) {
      play.last = login.OnTlsStarted();
    } else if (std::holds_alternative<NeedPacket>(play.last.next)) {
      auto packet = assembler.Next();
      if (!packet.ok() || !packet->has_value()) return play;
      play.last = login.OnPacket((*packet)->first_sequence, (*packet)->payload);
    } else {
      return play;
    }
  }
}

}  // namespace postern::mysql

#endif  // POSTERN_TESTS_UNIT_COMMON_MYSQL_LOGIN_DIALOGUE_H_
