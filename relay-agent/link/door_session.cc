#include "relay-agent/link/door_session.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <asio/post.hpp>
#include <map>
#include <utility>
#include <variant>

#include "common/observability/log.h"

namespace postern::relay {
namespace {

constexpr absl::Duration kDefaultOpenTimeout = absl::Seconds(10);
constexpr absl::Duration kTellPatience = absl::Seconds(5);
// COM_QUIT as a whole packet.
constexpr std::byte kQuit[] = {std::byte{1}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}};

uint32_t Milliseconds(absl::Duration duration) { return static_cast<uint32_t>(absl::ToInt64Milliseconds(duration)); }

}  // namespace

DoorSession::DoorSession(asio::any_io_executor executor, Surroundings around, std::string gateway,
                         std::shared_ptr<grpc::Channel> channel, v1::OpenSession request)
    : executor_(executor),
      around_(around),
      gateway_(std::move(gateway)),
      channel_(std::move(channel)),
      request_(std::move(request)),
      started_at_(absl::Now()),
      socket_(executor),
      watchdog_(executor) {}

asio::awaitable<void> DoorSession::Run() {
  const std::shared_ptr<DoorSession> self = shared_from_this();
  ConnectionResult result = co_await Connect();
  if (auto* failure = std::get_if<ConnectionFailure>(&result)) {
    socket_.Close();
    login_ = nullptr;
    co_await TellFailure(std::move(*failure));
  } else {
    const ServerConnection& connection = std::get<ServerConnection>(result);
    absl::Status written = WriteDown(connection);
    if (Lent() != nullptr) {
      login_->OnLost([weak = weak_from_this()] {
        if (const auto alive = weak.lock()) alive->OnLeaseLost();
      });
    }
    if (!written.ok()) {
      log::Error("door not opened", {{"session", request_.session_id()}, {"error", written}});
      HangUp();
      co_await TellFailure({v1::OpenFailed::REASON_UNREACHABLE, "the relay cannot write down its doors", 0});
    } else if (co_await Announce(connection)) {
      co_await Pump();
    }
  }
  HangUp();
  around_.doors.Remove(request_.session_id());
}

asio::awaitable<ConnectionResult> DoorSession::Connect() {
  const absl::Duration asked = absl::Milliseconds(request_.open_timeout_ms());
  const absl::Duration patience = std::min(asked > absl::ZeroDuration() ? asked : kDefaultOpenTimeout, around_.target.connect_timeout);
  StartWatchdog(patience);
  LoginResult login = co_await FetchLogin(started_at_ + patience);
  if (!login.ok()) {
    log::Warning("no credential", {{"session", request_.session_id()}, {"account", around_.account.name()}, {"reason", login.status()}});
    watchdog_.cancel();
    // The reason names files and services of the relay's, which are nobody else's business.
    co_return ConnectionFailure{v1::OpenFailed::REASON_UNREACHABLE, "the relay has no usable credential for the database", 0};
  }
  login_ = *std::move(login);
  ConnectionWish wish = Wish();
  ConnectionResult result = co_await ConnectToServer(socket_, around_.target, login_, std::move(wish));
  watchdog_.cancel();
  const bool failed = std::holds_alternative<ConnectionFailure>(result);
  if (timed_out_) {
    co_return ConnectionFailure{v1::OpenFailed::REASON_TIMEOUT, "the database connection took too long", 0};
  }
  if (closing_ && !failed) co_return ConnectionFailure{v1::OpenFailed::REASON_UNREACHABLE, "the door was closed", 0};
  co_return result;
}

// Credentials may come from programs and services, so somebody else waits for them. What arrives when the door is closed
// already goes back by itself.
asio::awaitable<LoginResult> DoorSession::FetchLogin(absl::Time deadline) {
  auto answer = std::make_shared<net::Mailbox<LoginResult>>(executor_);
  asio::post(around_.fetching, [answer, &account = around_.account, deadline] { answer->Put(account.Open(deadline)); });
  LoginResult login = co_await answer->Take();
  co_return login;
}

// The attributes by which a DBA sees who is behind the thread are ours to say.
ConnectionWish DoorSession::Wish() const {
  std::map<std::string, std::string> attributes(request_.attributes().begin(), request_.attributes().end());
  attributes["program_name"] = "postern-relay";
  attributes["postern_session"] = request_.session_id();
  attributes["postern_agent"] = request_.agent();
  if (!request_.task_id().empty()) attributes["postern_task"] = request_.task_id();
  return {static_cast<mysql::Capabilities>(request_.capabilities()), request_.collation(), request_.schema(), around_.role,
          {attributes.begin(), attributes.end()}};
}

absl::Status DoorSession::WriteDown(const ServerConnection& connection) {
  pinned_ = connection.session;
  capabilities_ = connection.capabilities;
  record_ = DoorRecord{request_.session_id(), around_.target.name, around_.of_agent,         login_->user(), gateway_,
                       pinned_.thread_id,     pinned_.server_identity, started_at_};
  around_.doors.SetThread(record_->session_id, record_->thread_id, Lent());
  return around_.ledger.Add(*record_);
}

asio::awaitable<bool> DoorSession::Announce(const ServerConnection& connection) {
  v1::Chunk chunk;
  v1::Opened& opened = *chunk.mutable_opened();
  opened.set_session_id(request_.session_id());
  opened.set_nonce(request_.nonce());
  opened.set_thread_id(pinned_.thread_id);
  opened.set_capabilities(connection.capabilities);
  *opened.mutable_server() = pinned_.facts;
  opened.set_status_flags(pinned_.status_flags);
  opened.set_took_ms(Milliseconds(absl::Now() - started_at_));
  stream_ = TunnelCall::Start(channel_, executor_);
  if (closing_) stream_->Close(absl::CancelledError("the door is closed"));
  absl::Status written = co_await stream_->Write(link::EncodeControl(chunk));
  co_return written.ok();
}

asio::awaitable<void> DoorSession::TellFailure(ConnectionFailure failure) {
  log::Info("door not opened", {{"session", request_.session_id()}, {"target", around_.target.name},
                                {"reason", failure.message}});
  if (closing_) co_return;
  v1::Chunk chunk;
  v1::OpenFailed& failed = *chunk.mutable_open_failed();
  failed.set_session_id(request_.session_id());
  failed.set_nonce(request_.nonce());
  failed.set_reason(failure.reason);
  failed.set_message(std::move(failure.message));
  failed.set_server_errno(failure.server_errno);
  stream_ = TunnelCall::Start(channel_, executor_);
  StartWatchdog(kTellPatience);
  absl::Status written = co_await stream_->Write(link::EncodeControl(chunk));
  if (written.ok()) written = co_await stream_->Flush();
  if (written.ok()) stream_->EndGently();
  watchdog_.cancel();
  stream_->Close(absl::CancelledError("the door did not open"));
}

void DoorSession::StartWatchdog(absl::Duration patience) {
  watchdog_.expires_after(absl::ToChronoMilliseconds(patience));
  watchdog_.async_wait([self = shared_from_this()](const asio::error_code& cancelled) {
    if (cancelled) return;
    self->timed_out_ = true;
    self->socket_.Close();
    if (self->stream_ != nullptr) self->stream_->Close(absl::DeadlineExceededError("took too long"));
  });
}

void DoorSession::HangUp() {
  if (record_ && boundary_.AtBoundary() && !mid_write_) {
    socket_.CloseAfter(kQuit);
  } else {
    socket_.Close();
  }
  if (stream_ != nullptr && closing_) stream_->Close(absl::CancelledError("the door is closed"));
  if (!record_) return;
  around_.doors.SetThread(record_->session_id, 0, nullptr);
  std::shared_ptr<Login> lent = Lent();
  login_ = nullptr;
  around_.closer.Prove(*std::exchange(record_, std::nullopt), std::move(lent));
}

// What the thread stands on has ended: the account may be gone already.
void DoorSession::OnLeaseLost() {
  log::Warning("door closed: the lease of its credential ended", {{"session", request_.session_id()}});
  Close();
}

void DoorSession::Close() {
  asio::post(executor_, [self = shared_from_this()] {
    self->closing_ = true;
    self->HangUp();
  });
}

}  // namespace postern::relay
