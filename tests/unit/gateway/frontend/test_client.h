// A MySQL client over a plain blocking socket, for one test thread.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_TEST_CLIENT_H_
#define POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_TEST_CLIENT_H_

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "common/mysql/flow/client_login.h"
#include "common/mysql/wire/packet.h"

namespace postern::frontend {

class TestClient {
 public:
  explicit TestClient(uint16_t port) : socket_(io_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  // True when logged in; otherwise `refusal` has the server's ERR.
  bool LogIn(const std::string& user, const std::string& password, const std::string& schema = "") {
    mysql::ClientLogin::Options options;
    options.user = user;
    options.password = mysql::Secret(password);
    options.database = schema;
    options.agent_capabilities = mysql::capability::kDeprecateEof | mysql::capability::kPluginAuth;
    options.tls = mysql::TlsWish::kDisabled;
    options.allow_rsa_key_retrieval = true;
    mysql::ClientLogin login(std::move(options));
    mysql::ClientAction action = login.Start();
    for (;;) {
      if (!action.send.empty()) asio::write(socket_, asio::buffer(action.send));
      if (std::holds_alternative<mysql::Connected>(action.next)) return true;
      if (const auto* failed = std::get_if<mysql::ConnectFailed>(&action.next)) {
        if (failed->error) refusal = *failed->error;
        return false;
      }
      const auto [sequence, payload] = ReadPacket();
      action = login.OnPacket(sequence, mysql::AsBytes(payload));
    }
  }

  void Send(const std::string& payload) { asio::write(socket_, asio::buffer(Wire(payload))); }
  // Sends as much as the server takes before it hangs up.
  void SendWhatItTakes(const std::string& payload) {
    std::error_code hung_up;
    asio::write(socket_, asio::buffer(Wire(payload)), hung_up);
  }
  void Query(const std::string& sql) { Send("\x03" + sql); }

  std::pair<uint8_t, std::string> ReadPacket() {
    for (;;) {
      auto packet = assembler_.Next();
      if (!packet.ok()) throw std::runtime_error(std::string(packet.status().message()));
      if (packet->has_value()) return {(*packet)->first_sequence, std::string(mysql::AsText((*packet)->payload))};
      char chunk[4096];
      const size_t bytes = socket_.read_some(asio::buffer(chunk));
      assembler_.Append(mysql::AsBytes({chunk, bytes}));
    }
  }
  // The ERR that answers; fails the test's expectations by an empty message if it was not one.
  mysql::ErrPacket ReadErr() {
    const auto [sequence, payload] = ReadPacket();
    auto error = mysql::ErrPacket::Decode(mysql::AsBytes(payload));
    return error.ok() ? *error : mysql::ErrPacket{};
  }
  bool ReadOk() { return ReadPacket().second.front() == '\0'; }

  void Close() { socket_.close(); }
  // Ends a read under way on another thread.
  void StopReading() { socket_.shutdown(asio::ip::tcp::socket::shutdown_receive); }
  // The server's next write fails.
  void Reset() {
    socket_.set_option(asio::socket_base::linger(true, 0));
    socket_.close();
  }

  mysql::ErrPacket refusal;

 private:
  static std::string Wire(const std::string& payload) {
    std::string wire;
    uint8_t sequence = 0;
    mysql::AppendPacket(wire, mysql::AsBytes(payload), sequence);
    return wire;
  }

  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  mysql::PacketAssembler assembler_{1 << 20};
};

}  // namespace postern::frontend

#endif  // POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_TEST_CLIENT_H_
