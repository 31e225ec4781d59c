#include "common/http/server/exchange.h"

#include <utility>

#include "common/http/server/connection.h"

namespace postern::http {

Exchange::Exchange(Connection& connection, RequestHead head)
    : connection_(connection), head_(std::move(head)), body_read_(head_.content_length == 0) {}

const std::string& Exchange::peer() const { return connection_.peer(); }

asio::any_io_executor Exchange::executor() const { return connection_.executor(); }

asio::awaitable<absl::StatusOr<std::string>> Exchange::ReadBody(size_t most_bytes) {
  if (head_.content_length > most_bytes) co_return absl::ResourceExhaustedError("the request's body is too long");
  absl::StatusOr<std::string> body = co_await connection_.Read(head_.content_length);
  body_read_ = body.ok();
  co_return body;
}

asio::awaitable<absl::Status> Exchange::Reply(Answer answer) {
  finished_ = true;
  const std::string head = EncodeHead(answer, Framing::kLength, !Reusable());
  const absl::Status written = co_await connection_.Write(head + answer.body);
  finished_ = written.ok();
  co_return written;
}

asio::awaitable<absl::Status> Exchange::Begin(Answer head) {
  const bool last = !body_read_ || head_.close;
  const absl::Status written = co_await connection_.Write(EncodeHead(head, Framing::kChunked, last));
  co_return written;
}

asio::awaitable<absl::Status> Exchange::Send(std::string data) {
  const absl::Status written = co_await connection_.Write(EncodeChunk(data));
  co_return written;
}

asio::awaitable<absl::Status> Exchange::End() {
  const absl::Status written = co_await connection_.Write(EncodeChunk(""));
  finished_ = written.ok();
  co_return written;
}

}  // namespace postern::http
