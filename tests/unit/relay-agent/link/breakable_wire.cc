#include "tests/unit/relay-agent/link/breakable_wire.h"

#include <array>
#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>

namespace postern::relay {

using asio::ip::tcp;

BreakableWire::BreakableWire(uint16_t to)
    : to_(asio::ip::address_v4::loopback(), to),
      acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      accepting_([this] { Accept(); }) {}

BreakableWire::~BreakableWire() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  // A blocking accept ends when somebody comes.
  asio::error_code ignored;
  tcp::socket(context_).connect(tcp::endpoint(asio::ip::address_v4::loopback(), port_), ignored);
  accepting_.join();
  for (Connection& connection : connections_) {
    End(connection);
    connection.up.join();
    connection.down.join();
  }
}

void BreakableWire::Accept() {
  for (;;) {
    asio::error_code failed;
    tcp::socket client = acceptor_.accept(failed);
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    tcp::socket server(context_);
    if (!failed) server.connect(to_, failed);
    if (failed) continue;
    connections_.push_back({std::move(client), std::move(server), false, false, {}, {}});
    Connection& connection = connections_.back();
    connection.up = std::thread([this, &connection] { Carry(connection, connection.client, connection.server); });
    connection.down = std::thread([this, &connection] { Carry(connection, connection.server, connection.client); });
  }
}

void BreakableWire::Carry(Connection& connection, Socket& from, Socket& to) {
  std::array<char, 16 * 1024> buffer;
  asio::error_code failed;
  for (;;) {
    const size_t got = from.read_some(asio::buffer(buffer), failed);
    if (failed) break;
    {
      std::lock_guard lock(mutex_);
      if (connection.held && &from == &connection.client) {
        connection.silenced = true;
        changed_.notify_all();
        continue;
      }
    }
    asio::write(to, asio::buffer(buffer.data(), got), failed);
    if (failed) break;
  }
  End(connection);
}

void BreakableWire::End(Connection& connection) {
  asio::error_code ignored;
  connection.client.shutdown(tcp::socket::shutdown_both, ignored);
  connection.server.shutdown(tcp::socket::shutdown_both, ignored);
}

void BreakableWire::Hold() {
  std::lock_guard lock(mutex_);
  REQUIRE_FALSE(connections_.empty());
  connections_.back().held = true;
}

void BreakableWire::AwaitHeld() {
  std::unique_lock lock(mutex_);
  REQUIRE(changed_.wait_for(lock, std::chrono::seconds(15), [this] { return connections_.back().silenced; }));
}

void BreakableWire::Break() {
  std::lock_guard lock(mutex_);
  for (Connection& connection : connections_) {
    if (connection.held) End(connection);
  }
}

}  // namespace postern::relay
