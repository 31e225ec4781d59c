#include "gateway/stream/sink.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <string>

#include "tests/unit/gateway/temp_folder.h"

namespace postern::stream {
namespace {

Line LineOf(const std::string& text) {
  return {.text = text, .brief = "brief", .event = "statement", .number = 1, .at_unix_us = 1'700'000'000'000'000};
}

TEST_CASE("a file gets a line for each, and may be moved away in between") {
  TempFolder temp;
  const std::string path = (temp.path() / "siem.jsonl").string();
  const auto sink = MakeSink(ToFile{.path = path});
  REQUIRE(sink->Write({LineOf("{1}"), LineOf("{2}")}).ok());
  std::filesystem::rename(path, path + ".1");
  REQUIRE(sink->Write({LineOf("{3}")}).ok());
  std::string rotated, now;
  std::getline(std::ifstream(path + ".1"), rotated, '\0');
  std::getline(std::ifstream(path), now, '\0');
  CHECK(rotated == "{1}\n{2}\n");
  CHECK(now == "{3}\n");
  CHECK_FALSE(MakeSink(ToFile{.path = "/nonexistent/siem.jsonl"})->Write({LineOf("{}")}).ok());
}

TEST_CASE("a pipe that nobody reads holds nobody up, and gets each line whole once it is read") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const auto sink = MakeDescriptorSink(ends[1]);
  const std::vector<Line> lines = {LineOf(std::string(100'000, 'a')), LineOf(std::string(100'000, 'b'))};
  CHECK(absl::IsUnavailable(sink->Write(lines)));
  auto read = std::async(std::launch::async, [&] {
    std::string text;
    char buffer[4096];
    while (text.size() < 200'002) {
      const ssize_t count = ::read(ends[0], buffer, sizeof buffer);
      if (count <= 0) break;
      text.append(buffer, static_cast<size_t>(count));
    }
    return text;
  });
  CHECK(sink->Write(lines).ok());
  CHECK(read.get() == lines[0].text + "\n" + lines[1].text + "\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

std::string Received(int socket) {
  std::string text(100'000, '\0');
  const ssize_t count = ::recv(socket, text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return text;
}

TEST_CASE("syslog over a Unix socket gets a message to a datagram, and of a line that is too long its head") {
  TempFolder temp;
  const std::string path = (temp.path() / "log").string();
  const auto sink = MakeSink(ToSyslog{.transport = ToSyslog::Transport::kUnix, .address = path});
  CHECK_FALSE(sink->Write({LineOf("{}")}).ok());
  const int receiver = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(receiver, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(sink->Write({LineOf("{\"a\":1}"), LineOf(std::string(70'000, 'x'))}).ok());
  const std::string first = Received(receiver);
  CHECK(first.starts_with("<133>1 2023-11-14T22:13:20.000000Z "));
  CHECK(first.ends_with(" statement - {\"a\":1}"));
  CHECK(Received(receiver).ends_with(" statement - brief"));
  ::close(receiver);
}

class TcpReceiver {
 public:
  TcpReceiver() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  ~TcpReceiver() { ::close(listener_); }
  int Accept() const { return ::accept(listener_, nullptr, nullptr); }

  uint16_t port = 0;

 private:
  int listener_;
};

TEST_CASE("syslog over TCP counts octets, and comes back when the receiver does") {
  const TcpReceiver receiver;
  const auto sink = MakeSink(ToSyslog{.transport = ToSyslog::Transport::kTcp, .address = "127.0.0.1", .port = receiver.port});
  REQUIRE(sink->Write({LineOf("{\"a\":1}")}).ok());
  const int first = receiver.Accept();
  const std::string text = Received(first);
  const size_t blank = text.find(' ');
  CHECK(std::stoul(text) == text.size() - blank - 1);
  CHECK(text.substr(blank + 1).starts_with("<133>1 "));
  ::close(first);
  absl::Status again = sink->Write({LineOf("{\"a\":2}")});
  CHECK_FALSE(again.ok());
  REQUIRE(sink->Write({LineOf("{\"a\":2}")}).ok());
  const int second = receiver.Accept();
  CHECK(Received(second).ends_with("{\"a\":2}"));
  ::close(second);
}

}  // namespace
}  // namespace postern::stream
