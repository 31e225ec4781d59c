#include "gateway/console/console.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/console/answers.h"
#include "gateway/console/cookie.h"
#include "gateway/console/web_files.h"

namespace postern::console {
namespace {

http::ServerOptions OptionsOfServer(Console::TlsSource tls) {
  http::ServerOptions options;
  options.tls = std::move(tls);
  return options;
}

std::string UrlOf(const Options& options, uint16_t port) {
  if (!options.url.empty()) return options.url;
  return (options.plain() ? "http://" : "https://") + config::HostPort{options.listen.host, port}.ToString();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Console>> Console::Start(const Options& options, std::shared_ptr<grpc::Channel> channel,
                                                        TlsSource tls) {
  std::unique_ptr<Console> console(new Console(options, std::move(channel), std::move(tls)));
  if (absl::Status bound = console->server_.Listen(options.listen.host, options.listen.port); !bound.ok()) {
    return absl::Status(bound.code(), "console.listen: " + std::string(bound.message()));
  }
  const auto address = ParseAddress(UrlOf(options, console->port()));
  if (!address) return absl::InvalidArgumentError("console.url: not the address of a page: " + options.url);
  console->address_ = *address;
  // Cookies know hosts, not ports: beside another gateway on this machine only the name tells whose it is.
  console->cookie_name_ = address->secure ? "__Host-postern" : "postern-" + std::to_string(console->port());
  console->providers_ = std::make_unique<ProviderSignIn>(options.providers, address->origin + kReturnPath);
  console->server_.Start();
  return console;
}

Console::Console(const Options& options, std::shared_ptr<grpc::Channel> channel, TlsSource tls)
    : sessions_({.idle = options.idle, .longest = options.longest}),
      rpcs_(std::move(channel)),
      server_(OptionsOfServer(std::move(tls)), *this) {}

Console::~Console() { Stop(); }

void Console::Stop() {
  rpcs_.CancelAll();
  server_.Stop();
}

asio::awaitable<void> Console::Serve(http::Exchange& exchange) {
  const std::string& method = exchange.head().method;
  if (method == "POST") {
    co_await Post(exchange);
  } else {
    http::Answer answer = ErrorAnswer(absl::UnimplementedError("GET and POST only"));
    if (method == "GET") answer = co_await Get(exchange);
    (void)co_await exchange.Reply(std::move(answer));
  }
}

asio::awaitable<http::Answer> Console::Get(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  if (!IsFor(head, address_)) co_return Redirect(308, address_.origin + "/");
  if (head.path == "/session") co_return WhoIsSignedIn(head);
  if (head.path == kReturnPath) co_return co_await ReturnFromProvider(exchange);
  if (head.path.starts_with(kDeparturePath)) co_return co_await GoToProvider(exchange);
  const WebFile* file = FindWebFile(head.path);
  if (file == nullptr) co_return ErrorAnswer(absl::NotFoundError("there is no such page"));
  co_return FileAnswer(*file, head.Header("if-none-match"));
}

asio::awaitable<void> Console::Post(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  if (absl::Status own = CheckOwnRequest(head, address_); !own.ok()) {
    co_await Refuse(exchange, own);
  } else if (head.path == "/session") {
    co_await SignIn(exchange);
  } else {
    co_await PostInSession(exchange);
  }
}

asio::awaitable<void> Console::Refuse(http::Exchange& exchange, absl::Status why) {
  http::Answer answer = ErrorAnswer(why);
  (void)co_await exchange.Reply(std::move(answer));
}

// Everything that takes somebody who is signed in, and the page's own token.
asio::awaitable<void> Console::PostInSession(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  const bool by_person = head.Header("x-postern-background").empty();
  const auto session = sessions_.Find(CookieOf(head), absl::Now(), by_person);
  if (session == nullptr) {
    co_await Refuse(exchange, absl::UnauthenticatedError("you are not signed in"));
  } else if (!HasCsrf(*session, head.Header("x-postern-csrf"))) {
    co_await Refuse(exchange,
                    absl::PermissionDeniedError("this request lacks the token of its page; load the page again"));
  } else if (head.path == "/session/end") {
    http::Answer answer = SignOut(head);
    (void)co_await exchange.Reply(std::move(answer));
  } else {
    co_await CallRpc(exchange, session);
  }
}

}  // namespace postern::console
