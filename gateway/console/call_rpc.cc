// POST /rpc/Service/Method: JSON in, the RPC's answer out as JSON; of a streaming RPC a line for each message, an empty
// line now and then while there is none, and a last line that says how it ended.
#include <absl/time/clock.h>

#include <utility>

#include "gateway/console/answers.h"
#include "gateway/console/console.h"
#include "gateway/console/methods.h"

namespace postern::console {
namespace {

constexpr std::string_view kPrefix = "/rpc/";
// A policy has at most 1 MiB, and each of its bytes may take six in JSON; beside it stands a statement.
constexpr size_t kMostBytes = 7 << 20;
// A proxy or a phone's network drops what is silent; and a browser that went away is noticed by it.
constexpr absl::Duration kHeartbeat = absl::Seconds(10);
constexpr int kStreamsOfSession = 8;

bool IsJson(const http::RequestHead& head) {
  const std::string_view type = head.Header("content-type");
  return type == "application/json" || type.starts_with("application/json;");
}

// The streams of one session, counted while this lives.
class StreamCount {
 public:
  explicit StreamCount(const SignedIn& session) : session_(session), number_(session.streams.fetch_add(1) + 1) {}
  ~StreamCount() { session_.streams.fetch_sub(1); }
  StreamCount(const StreamCount&) = delete;
  StreamCount& operator=(const StreamCount&) = delete;
  bool too_many() const { return number_ > kStreamsOfSession; }

 private:
  const SignedIn& session_;
  const int number_;
};

std::string LastLine(const grpc::Status& status) {
  return status.ok() ? "{\"end\":true}\n" : "{\"error\":" + ErrorJson(StatusOf(status)) + "}\n";
}

}  // namespace

asio::awaitable<void> Console::CallRpc(http::Exchange& exchange, std::shared_ptr<const SignedIn> session) {
  const std::string_view path = exchange.head().path;
  const auto method = path.starts_with(kPrefix) ? FindMethod(path.substr(kPrefix.size())) : std::nullopt;
  absl::StatusOr<std::string> body = absl::NotFoundError("the console has no such call");
  if (method && !IsJson(exchange.head())) {
    body = absl::InvalidArgumentError("expected application/json");
  } else if (method) {
    body = co_await exchange.ReadBody(kMostBytes);
  }
  auto request = body.ok() ? EncodeRequest(*method, *body) : body.status();
  if (!request.ok()) {
    co_await Refuse(exchange, request.status());
  } else if (method->streams) {
    co_await CallStream(exchange, *session, *method, *std::move(request));
  } else {
    http::Answer answer = co_await CallOnce(exchange, *session, *method, *std::move(request));
    (void)co_await exchange.Reply(std::move(answer));
  }
}

asio::awaitable<http::Answer> Console::CallOnce(http::Exchange& exchange, const SignedIn& session, const Method& method,
                                                std::string request) {
  const Caller caller{session.credential.Reveal(), exchange.peer()};
  const RpcAnswer answer = co_await rpcs_.Call(method.path, std::move(request), caller);
  // Revoked or expired: what the session was opened with is worth nothing any more.
  if (answer.status.error_code() == grpc::StatusCode::UNAUTHENTICATED) sessions_.Remove(CookieOf(exchange.head()));
  if (!answer.status.ok()) co_return ErrorAnswer(StatusOf(answer.status));
  auto json = ToJson(method, answer.bytes);
  co_return json.ok() ? JsonAnswer(*std::move(json)) : ErrorAnswer(json.status());
}

bool Console::StillSignedIn(const http::RequestHead& head) {
  return sessions_.Find(CookieOf(head), absl::Now(), false) != nullptr;
}

asio::awaitable<void> Console::CallStream(http::Exchange& exchange, const SignedIn& session, const Method& method,
                                          std::string request) {
  const StreamCount count(session);
  if (count.too_many()) {
    co_await Refuse(exchange, absl::ResourceExhaustedError("too many live views are open; close a tab"));
    co_return;
  }
  RpcStream stream(rpcs_, exchange.executor(), {session.credential.Reveal(), exchange.peer()});
  stream.Start(method.path, std::move(request));
  absl::Status sent = co_await exchange.Begin(StreamHead());
  while (sent.ok()) {
    const RpcStream::Event event = co_await stream.Next(kHeartbeat);
    if (event == RpcStream::Event::kOver || !StillSignedIn(exchange.head())) break;
    std::string line = "\n";
    if (event == RpcStream::Event::kMessage) {
      const auto json = ToJson(method, stream.message());
      line = (json.ok() ? "{\"message\":" + *json : "{\"error\":" + ErrorJson(json.status())) + "}\n";
    }
    sent = co_await exchange.Send(std::move(line));
  }
  co_await stream.Finish();
  if (!sent.ok()) co_return;
  std::string last = StillSignedIn(exchange.head())
                         ? LastLine(stream.status())
                         : LastLine(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "you are not signed in any more"));
  sent = co_await exchange.Send(std::move(last));
  if (sent.ok()) (void)co_await exchange.End();
}

}  // namespace postern::console
