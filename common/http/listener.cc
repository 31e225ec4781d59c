#include "common/http/listener.h"

#include <absl/strings/str_cat.h>
#include <httplib.h>

#include <thread>
#include <utility>

namespace postern::http {
namespace {

constexpr size_t kThreads = 2;
constexpr time_t kPatienceSeconds = 5;
constexpr size_t kMostRequestBytes = 4096;

}  // namespace

struct Listener::Impl {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(const std::string& host, uint16_t port, Pages pages) {
  auto impl = std::make_unique<Impl>();
  httplib::Server& server = impl->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_read_timeout(kPatienceSeconds);
  server.set_write_timeout(kPatienceSeconds);
  server.set_keep_alive_timeout(kPatienceSeconds);
  server.set_payload_max_length(kMostRequestBytes);
  // Two gateways on one port would share its connections by chance.
  server.set_socket_options([](int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  for (auto& [path, make] : pages) {
    server.Get(path, [make = std::move(make)](const httplib::Request&, httplib::Response& response) {
      Page page = make();
      response.status = page.status;
      response.set_content(std::move(page.text), page.type.c_str());
    });
  }
  impl->port = port == 0 ? server.bind_to_any_port(host) : (server.bind_to_port(host, port) ? port : -1);
  if (impl->port <= 0) return absl::UnavailableError(absl::StrCat("cannot listen on ", host, ":", port));
  impl->thread = std::thread([raw = impl.get()] { raw->server.listen_after_bind(); });
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Listener::~Listener() {
  // A stop before it runs would be lost.
  while (!impl_->server.is_running()) std::this_thread::yield();
  impl_->server.stop();
  impl_->thread.join();
}

uint16_t Listener::port() const { return static_cast<uint16_t>(impl_->port); }

}  // namespace postern::http
