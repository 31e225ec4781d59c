// A piece of network between relay and database that a test can break: what a dying server looks like, at a chosen moment.
#ifndef POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_BREAKABLE_WIRE_H_
#define POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_BREAKABLE_WIRE_H_

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

namespace postern::relay {

class BreakableWire {
 public:
  // To a port of 127.0.0.1.
  explicit BreakableWire(uint16_t to);
  ~BreakableWire();

  uint16_t port() const { return port_; }

  // What the newest connection's client sends from now on does not arrive.
  void Hold();
  // Until something was held back.
  void AwaitHeld();
  // Ends the held connection, both ways.
  void Break();

 private:
  using Socket = asio::ip::tcp::socket;

  struct Connection {
    Socket client;
    Socket server;
    bool held = false;
    bool silenced = false;  // something was held back
    std::thread up;
    std::thread down;
  };

  void Accept();
  void Carry(Connection& connection, Socket& from, Socket& to);
  static void End(Connection& connection);

  const asio::ip::tcp::endpoint to_;
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  const uint16_t port_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Connection> connections_;
  bool stopping_ = false;
  std::thread accepting_;
};

}  // namespace postern::relay

#endif  // POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_BREAKABLE_WIRE_H_
