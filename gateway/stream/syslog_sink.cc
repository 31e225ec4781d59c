// Syslog: RFC 5424 messages, over a Unix or UDP socket one to a datagram, over TCP each with its length before it (RFC 6587).
#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "gateway/ctl/words.h"
#include "gateway/stream/sink.h"

namespace postern::stream {
namespace {

using Transport = ToSyslog::Transport;

constexpr int kNotice = 5;
// What a datagram can hold beside its headers.
constexpr size_t kMostDatagramBytes = 60'000;
constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};
constexpr absl::Duration kAckPatience = absl::Seconds(5);
constexpr std::chrono::milliseconds kAckLook{2};

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

absl::Status Failed(std::string_view doing) { return absl::ErrnoToStatus(errno, absl::StrCat("syslog: ", absl::string_view(doing.data(), doing.size()))); }

absl::StatusOr<Socket> ConnectTo(int family, int type, const sockaddr* address, socklen_t size) {
  Socket socket(::socket(family, type | SOCK_CLOEXEC, 0));
  if (!socket.open()) return Failed("socket");
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket.fd(), address, size) != 0) return Failed("connect");
  return socket;
}

absl::StatusOr<Socket> ConnectUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return absl::FailedPreconditionError("syslog: the path is too long for a socket");
  path.copy(address.sun_path, path.size());
  return ConnectTo(AF_UNIX, SOCK_DGRAM, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

absl::StatusOr<Socket> ConnectHost(const ToSyslog& to, int type) {
  addrinfo wanted{};
  wanted.ai_socktype = type;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(to.address.c_str(), std::to_string(to.port).c_str(), &wanted, &found); error != 0) {
    return absl::UnavailableError(absl::StrCat("syslog: ", ::gai_strerror(error)));
  }
  absl::StatusOr<Socket> socket = absl::UnavailableError("syslog: no address");
  for (const addrinfo* one = found; one != nullptr && !socket.ok(); one = one->ai_next) {
    socket = ConnectTo(one->ai_family, type, one->ai_addr, one->ai_addrlen);
  }
  ::freeaddrinfo(found);
  return socket;
}

std::string HostName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "-";
}

class SyslogSink final : public Sink {
 public:
  explicit SyslogSink(ToSyslog to) : to_(std::move(to)), host_(HostName()) {}

  absl::Status Write(const std::vector<Line>& lines) override {
    absl::Status status = socket_.open() ? absl::OkStatus() : Connect();
    if (status.ok()) status = to_.transport == Transport::kTcp ? WriteStream(lines) : WriteDatagrams(lines);
    if (!status.ok()) socket_ = Socket();
    return status;
  }

 private:
  absl::Status Connect() {
    absl::StatusOr<Socket> socket = to_.transport == Transport::kUnix ? ConnectUnix(to_.address)
                                    : to_.transport == Transport::kUdp ? ConnectHost(to_, SOCK_DGRAM)
                                                                       : ConnectHost(to_, SOCK_STREAM);
    if (socket.ok()) socket_ = *std::move(socket);
    return socket.status();
  }

  std::string Message(const Line& line, const std::string& text) const {
    return absl::StrCat("<", to_.facility * 8 + kNotice, ">1 ", ctl::IsoMicros(line.at_unix_us), " ", host_, " postern-gateway ", ::getpid(), " ",
                        line.event, " - ", text);
  }

  absl::Status WriteDatagrams(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
      const bool fits = line.text.size() <= kMostDatagramBytes;
      const std::string message = Message(line, fits ? line.text : line.brief);
      if (::send(socket_.fd(), message.data(), message.size(), MSG_NOSIGNAL) < 0) return Failed("send");
    }
    return absl::OkStatus();
  }

  absl::Status WriteStream(const std::vector<Line>& lines) {
    // A connection that the receiver has closed takes one more write, and loses it.
    if (absl::Status alive = CheckAlive(); !alive.ok()) return alive;
    std::string text;
    for (const Line& line : lines) {
      const std::string message = Message(line, line.text);
      absl::StrAppend(&text, message.size(), " ", message);
    }
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t count = ::send(socket_.fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Failed("send");
      rest.remove_prefix(static_cast<size_t>(count));
    }
    return AwaitAcknowledged();
  }

  // Syslog over TCP has no answer: that the receiver's machine has the bytes is as much as can be known.
  absl::Status AwaitAcknowledged() {
    const absl::Time deadline = absl::Now() + kAckPatience;
    int unacknowledged = 0;
    while (::ioctl(socket_.fd(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0) {
      if (absl::Now() > deadline) return absl::UnavailableError("syslog: the receiver takes nothing");
      std::this_thread::sleep_for(kAckLook);
    }
    return CheckAlive();
  }

  absl::Status CheckAlive() {
    char ignored[64];
    while (true) {
      const ssize_t count = ::recv(socket_.fd(), ignored, sizeof ignored, MSG_DONTWAIT);
      if (count > 0) continue;  // nobody has anything to say to us
      if (count == 0) return absl::UnavailableError("syslog: the receiver closed the connection");
      return errno == EAGAIN || errno == EINTR ? absl::OkStatus() : Failed("receive");
    }
  }

  const ToSyslog to_;
  const std::string host_;
  Socket socket_;
};

}  // namespace

std::unique_ptr<Sink> MakeSyslogSink(const ToSyslog& to) { return std::make_unique<SyslogSink>(to); }

}  // namespace postern::stream
