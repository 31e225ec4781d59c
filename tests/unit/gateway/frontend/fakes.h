// Stand-ins for what surrounds a session, each telling the test what it was asked.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_FAKES_H_
#define POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_FAKES_H_

#include <absl/status/status.h>
#include <absl/time/clock.h>

#include <asio/this_coro.hpp>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/link/chunk.h"
#include "common/mysql/wire/packet.h"
#include "common/net/mailbox.h"
#include "gateway/identity/authenticator.h"
#include "gateway/recording/journal.h"
#include "gateway/tunnel/relays.h"

namespace postern::frontend {

// Knows one agent by one secret.
class OneAgent final : public identity::Authenticator {
 public:
  absl::StatusOr<identity::Principal> Authenticate(const identity::Proof& proof, absl::Time) override {
    if (proof.secret != "pat_secret") return absl::UnauthenticatedError("no such token");
    identity::Principal who;
    who.name = "bot";
    who.kind = v1::PRINCIPAL_KIND_AGENT;
    who.identity_kind = "token";
    who.identity_id = "tok_1";
    who.expires_at = absl::InfiniteFuture();
    return who;
  }
  bool StillValid(const identity::Principal&, absl::Time) const override { return !revoked; }

  // Takes the token back after it was checked.
  std::atomic<bool> revoked = false;
};

// Keeps records in memory; can be told to fail.
class MemoryJournal final : public recording::Journal {
 public:
  void Append(const v1::Record& record, Done done) override {
    absl::Status status;
    {
      std::lock_guard lock(mutex_);
      if (paused_) {
        waiting_.push_back({record, std::move(done)});
        appended_.notify_all();
        return;
      }
      status = health_;
      if (status.ok()) records_.push_back(record);
      appended_.notify_all();
    }
    done(status);
  }
  absl::Status Health() const override {
    std::lock_guard lock(mutex_);
    return health_;
  }
  void SetHealth(absl::Status health) {
    std::lock_guard lock(mutex_);
    health_ = std::move(health);
  }
  // Takes records and makes none durable until Resume.
  void Pause() {
    std::lock_guard lock(mutex_);
    paused_ = true;
  }
  // Blocks until a record waits.
  void AwaitWaiting() {
    std::unique_lock lock(mutex_);
    appended_.wait(lock, [&] { return !waiting_.empty(); });
  }
  void Resume() {
    std::vector<std::pair<v1::Record, Done>> waiting;
    {
      std::lock_guard lock(mutex_);
      paused_ = false;
      waiting.swap(waiting_);
    }
    for (auto& [record, done] : waiting) Append(record, std::move(done));
  }
  std::vector<v1::Record> records() const {
    std::lock_guard lock(mutex_);
    return records_;
  }
  // Blocks until a record matches.
  v1::Record Await(const std::function<bool(const v1::Record&)>& matches) {
    std::unique_lock lock(mutex_);
    v1::Record found;
    appended_.wait(lock, [&] {
      for (const v1::Record& record : records_) {
        if (matches(record)) {
          found = record;
          return true;
        }
      }
      return false;
    });
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable appended_;
  std::vector<v1::Record> records_;
  std::vector<std::pair<v1::Record, Done>> waiting_;
  bool paused_ = false;
  absl::Status health_;
};

// What the database behind the fake relay was sent and answers. Shared by test and door.
struct FakeServer {
  std::mutex mutex;
  // Command payloads, first byte included.
  std::vector<std::string> received;
  size_t opened = 0;
  size_t closed = 0;
  // Whole packets per command, in order; an OK when there is none left.
  std::deque<std::string> replies;

  std::vector<std::string> Received() {
    std::lock_guard lock(mutex);
    return received;
  }
  size_t Opened() {
    std::lock_guard lock(mutex);
    return opened;
  }
};

class FakeDoor final : public tunnel::Door {
 public:
  FakeDoor(std::shared_ptr<FakeServer> server, tunnel::OpenedDoor opened, asio::any_io_executor executor)
      : server_(std::move(server)), opened_(std::move(opened)), replies_(std::move(executor)) {}
  ~FakeDoor() override { Close(); }

  const tunnel::OpenedDoor& opened() const override { return opened_; }

  asio::awaitable<absl::Status> Send(std::string bytes) override {
    assembler_.Append(mysql::AsBytes(bytes));
    for (auto packet = assembler_.Next(); packet.ok() && packet->has_value(); packet = assembler_.Next()) {
      std::lock_guard lock(server_->mutex);
      server_->received.emplace_back(mysql::AsText((*packet)->payload));
      std::string reply("\x07\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00", 11);
      if (!server_->replies.empty()) {
        reply = server_->replies.front();
        server_->replies.pop_front();
      }
      if (!reply.empty()) replies_.Put(reply);
    }
    co_return absl::OkStatus();
  }
  asio::awaitable<absl::StatusOr<tunnel::Piece>> Receive() override {
    const std::string bytes = co_await replies_.Take();
    if (bytes.empty()) co_return absl::CancelledError("closed");
    tunnel::Piece piece;
    piece.buffer = link::SliceOf(bytes);
    piece.bytes = {reinterpret_cast<const std::byte*>(piece.buffer.begin()), piece.buffer.size()};
    co_return piece;
  }
  asio::awaitable<absl::StatusOr<uint16_t>> Reset(std::string) override { co_return uint16_t{2}; }
  void Close() override {
    if (std::exchange(closed_, true)) return;
    replies_.Put({});
    std::lock_guard lock(server_->mutex);
    ++server_->closed;
  }

 private:
  const std::shared_ptr<FakeServer> server_;
  const tunnel::OpenedDoor opened_;
  net::Mailbox<std::string> replies_;
  mysql::PacketAssembler assembler_{64 << 20};
  bool closed_ = false;
};

class FakeRelays final : public tunnel::Relays {
 public:
  explicit FakeRelays(std::shared_ptr<FakeServer> server) : server_(std::move(server)) {
    facts_.set_vendor(v1::ServerFacts::VENDOR_MYSQL);
    facts_.set_version("8.4.0");
    facts_.set_version_number(80400);
  }
  asio::awaitable<absl::StatusOr<std::unique_ptr<tunnel::Door>>> Open(tunnel::DoorRequest request) override {
    {
      std::lock_guard lock(server_->mutex);
      ++server_->opened;
    }
    tunnel::OpenedDoor opened{.relay = "relay-1",
                              .thread_id = 42,
                              .capabilities = request.capabilities,
                              .server = facts_,
                              .status_flags = 2,
                              .took = absl::Milliseconds(1)};
    co_return std::make_unique<FakeDoor>(server_, opened, co_await asio::this_coro::executor);
  }
  void CancelOpen(const std::string&) override {}
  void Kill(const std::string&, v1::KillSession::Scope, absl::AnyInvocable<void(absl::Status)> done) override {
    done(absl::OkStatus());
  }
  absl::Status RefreshCatalog(const std::string&) override { return absl::UnavailableError("no relay"); }
  std::optional<v1::ServerFacts> ServerOf(std::string_view) const override { return facts_; }
  std::vector<v1::RelayStatus> RelayStatuses() const override { return {}; }
  std::vector<v1::TargetStatus> TargetStatuses() const override { return {}; }
  size_t open_doors() const override { return 0; }
  size_t CutOff(const std::string&) override { return 0; }
  grpc::Service* service() override { return nullptr; }
  void Shutdown() override {}

 private:
  const std::shared_ptr<FakeServer> server_;
  v1::ServerFacts facts_;
};

}  // namespace postern::frontend

#endif  // POSTERN_TESTS_UNIT_GATEWAY_FRONTEND_FAKES_H_
