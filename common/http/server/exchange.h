// One request of a browser, and the way to its answer. Lives on its connection's thread, inside the coroutine that
// serves it.
//
// Exactly one of Reply, or Begin with any number of Send and one End. A body that was not read, and an answer that was
// not finished, end the connection.
#ifndef POSTERN_COMMON_HTTP_SERVER_EXCHANGE_H_
#define POSTERN_COMMON_HTTP_SERVER_EXCHANGE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/http/message/request.h"
#include "common/http/message/response.h"

namespace postern::http {

class Connection;

class Exchange {
 public:
  Exchange(Connection& connection, RequestHead head);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const RequestHead& head() const { return head_; }
  // The peer's IP address, without the port.
  const std::string& peer() const;
  asio::any_io_executor executor() const;

  // The whole body. RESOURCE_EXHAUSTED if it is longer: nothing of it was read. UNAVAILABLE: the browser is gone.
  // REQUIRES: called at most once.
  asio::awaitable<absl::StatusOr<std::string>> ReadBody(size_t most_bytes);

  // UNAVAILABLE: the browser is gone, or reads too slowly.
  asio::awaitable<absl::Status> Reply(Answer answer);
  asio::awaitable<absl::Status> Begin(Answer head);
  // Must not be empty.
  asio::awaitable<absl::Status> Send(std::string data);
  asio::awaitable<absl::Status> End();

  // Whether the connection may serve another request.
  bool Reusable() const { return body_read_ && finished_ && !head_.close; }

 private:
  Connection& connection_;
  const RequestHead head_;
  bool body_read_;
  bool finished_ = false;
};

}  // namespace postern::http

#endif  // POSTERN_COMMON_HTTP_SERVER_EXCHANGE_H_
