#include "common/http/server/server.h"

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

namespace postern::http {
namespace {

// Answers with what it was asked; /stream in two chunks, /ignore without reading the body.
class Echo final : public Handler {
 public:
  asio::awaitable<void> Serve(Exchange& exchange) override {
    if (exchange.head().path == "/stream") {
      Answer head;
      (void)co_await exchange.Begin(std::move(head));
      (void)co_await exchange.Send("one");
      (void)co_await exchange.Send("two");
      (void)co_await exchange.End();
      co_return;
    }
    Answer answer;
    if (exchange.head().path != "/ignore") {
      auto body = co_await exchange.ReadBody(100);
      answer.status = body.ok() ? 200 : 413;
      answer.body = body.ok() ? *body : "";
    }
    (void)co_await exchange.Reply(std::move(answer));
  }
};

struct Port {
  explicit Port(ServerOptions options = {}) : server(std::move(options), echo) {
    REQUIRE(server.Listen("127.0.0.1", 0).ok());
    server.Start();
  }
  Echo echo;
  Server server;
};

class Client {
 public:
  explicit Client(uint16_t port) { socket_.connect({asio::ip::make_address("127.0.0.1"), port}); }
  void Send(const std::string& text) { asio::write(socket_, asio::buffer(text)); }
  // All that comes until the server closes.
  std::string ReadAll() {
    std::string text;
    asio::error_code error;
    asio::read(socket_, asio::dynamic_buffer(text), error);
    return text;
  }
  std::string Read(size_t bytes) {
    std::string text(bytes, '\0');
    asio::read(socket_, asio::buffer(text));
    return text;
  }

 private:
  asio::io_context context_;
  asio::ip::tcp::socket socket_{context_};
};

std::string Post(const std::string& path, const std::string& body, const std::string& more = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST_CASE("several requests on one connection, sent at once, are answered in order") {
  Port port;
  Client client(port.server.port());
  client.Send(Post("/a", "first") + Post("/b", "second", "Connection: close\r\n"));
  const std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
  CHECK(client.ReadAll() == first + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecond");
}

TEST_CASE("a stream is sent in chunks and leaves the connection usable") {
  Port port;
  Client client(port.server.port());
  client.Send(Post("/stream", ""));
  const std::string streamed = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
  CHECK(client.Read(streamed.size()) == streamed);
  client.Send(Post("/a", "again", "Connection: close\r\n"));
  CHECK(client.ReadAll().ends_with("again"));
}

TEST_CASE("a body that nobody read is never taken for a request") {
  Port port;
  for (const char* path : {"/ignore", "/too-long"}) {
    Client client(port.server.port());
    client.Send(Post(path, Post("/a", "smuggled") + std::string(200, 'x')));
    const std::string answer = client.ReadAll();
    INFO(answer);
    CHECK(answer.find("Connection: close") != std::string::npos);
    CHECK(answer.find("smuggled") == std::string::npos);
  }
}

TEST_CASE("what is no request is told so, and too much of it as well") {
  Port port;
  Client wrong(port.server.port());
  wrong.Send("HELO\r\n\r\n");
  CHECK(wrong.ReadAll().starts_with("HTTP/1.1 400 "));
  Client endless(port.server.port());
  endless.Send("GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x'));
  CHECK(endless.ReadAll().starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a silent client is let go, and so is one that never finishes its body") {
  ServerOptions options;
  options.patience = {.idle = absl::Milliseconds(50), .request = absl::Milliseconds(50)};
  Port port(std::move(options));
  Client silent(port.server.port());
  CHECK(silent.ReadAll().empty());
  Client half(port.server.port());
  half.Send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
  CHECK(half.ReadAll().find("half") == std::string::npos);
}

TEST_CASE("one connection too many is closed") {
  ServerOptions options;
  options.connections = 1;
  Port port(std::move(options));
  Client first(port.server.port());
  first.Send(Post("/a", "1"));
  CHECK(first.Read(15) == "HTTP/1.1 200 OK");
  Client second(port.server.port());
  CHECK(second.ReadAll().empty());
}

TEST_CASE("stopping ends those that wait") {
  auto port = std::make_unique<Port>();
  Client client(port->server.port());
  client.Send(Post("/a", "1"));
  CHECK(client.Read(15) == "HTTP/1.1 200 OK");
  port->server.Stop();
  client.ReadAll();
}

TEST_CASE("a taken port is told") {
  Port port;
  Echo echo;
  Server other({}, echo);
  CHECK(absl::IsUnavailable(other.Listen("127.0.0.1", port.server.port())));
  CHECK(absl::IsInvalidArgument(other.Listen("no address", 0)));
}

}  // namespace
}  // namespace postern::http
