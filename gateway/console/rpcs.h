// The gateway's own RPCs, called by name on behalf of a person who is signed in: the console has no other way to data,
// so roles and the record are those of the RPC.
//
// Thread-safe. Must outlive every Call and Stream under way.
#ifndef POSTERN_GATEWAY_CONSOLE_RPCS_H_
#define POSTERN_GATEWAY_CONSOLE_RPCS_H_

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "common/net/mailbox.h"

namespace postern::console {

// For whom, and from where.
struct Caller {
  std::string_view credential;
  std::string_view address;
};

struct RpcAnswer {
  grpc::Status status;
  // The encoded message, if the status is OK.
  std::string bytes;
};

// The codes are the same numbers on purpose.
inline absl::Status StatusOf(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

class Rpcs {
 public:
  // REQUIRES: a channel into this process: callers' addresses are believed there.
  explicit Rpcs(std::shared_ptr<grpc::Channel> channel);

  asio::awaitable<RpcAnswer> Call(std::string path, std::string request, Caller caller);

  // Cancels what is under way, and each that still comes. For the end of the process.
  void CancelAll();

 private:
  friend class RpcStream;
  void Prepare(grpc::ClientContext& context, const Caller& caller);
  void Add(grpc::ClientContext* context);
  void Remove(grpc::ClientContext* context);

  grpc::GenericStub stub_;
  std::mutex mutex_;
  bool ending_ = false;
  std::set<grpc::ClientContext*> under_way_;
};

// One streaming answer. Lives inside one coroutine, on its executor; a message is fetched when it is asked for.
class RpcStream final : private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  enum class Event { kMessage, kPause, kNoMore, kOver };

  RpcStream(Rpcs& rpcs, asio::any_io_executor executor, Caller caller);
  RpcStream(const RpcStream&) = delete;
  RpcStream& operator=(const RpcStream&) = delete;

  void Start(std::string path, std::string request);
  // kMessage: message() is the next one. kPause: there was none for so long. kOver: status() says how it ended. Never kNoMore.
  asio::awaitable<Event> Next(absl::Duration pause);
  // Cancels what is left. REQUIRES: awaited before destruction.
  asio::awaitable<void> Finish();

  const std::string& message() const { return message_; }
  const grpc::Status& status() const { return status_; }

 private:
  void LetGo();
  asio::awaitable<void> AwaitEnd();
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  Rpcs& rpcs_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer arrived_;
  std::string message_;
  grpc::Status status_;
  // Shared with the timer, whose last tick may come when this is gone.
  std::shared_ptr<net::Mailbox<Event>> events_;
  asio::steady_timer timer_;
  bool reading_ = false;
  // Reads are started between gRPC's calls: as long as this holds it, the call is there for them.
  bool held_ = false;
  bool over_ = false;
};

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_RPCS_H_
