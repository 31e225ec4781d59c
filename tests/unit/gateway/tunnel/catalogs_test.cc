// Who may report a schema, and what becomes of reports that are not what was agreed.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/gateway/tunnel/fake_relay.h"

namespace postern::tunnel {
namespace {

// Remembers what came; an item that says "bad" is refused.
class Heard final : public CatalogSink {
 public:
  v1::RefreshCatalog Wish(const std::string& target) const override {
    v1::RefreshCatalog wish;
    wish.set_target(target);
    wish.set_request(7);
    return wish;
  }
  absl::StatusOr<std::unique_ptr<IncomingCatalog>> Begin(const std::string& relay,
                                                         const v1::CatalogBegin& begin) override {
    Tell("begin " + relay + " " + begin.target());
    return std::make_unique<Incoming>(*this);
  }
  void Failed(const std::string& relay, const std::string& target, const absl::Status& why) override {
    Tell("failed " + relay + " " + target + " " + std::string(why.message()));
  }

  std::vector<std::string> told() {
    std::lock_guard lock(mutex_);
    return told_;
  }
  void Await(const std::string& what) {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, kPatience, [&] { return std::find(told_.begin(), told_.end(), what) != told_.end(); }));
  }

 private:
  class Incoming final : public IncomingCatalog {
   public:
    explicit Incoming(Heard& heard) : heard_(heard) {}
    ~Incoming() override { heard_.Tell("let go"); }
    absl::Status Add(const std::string& items) override {
      return items == "bad" ? absl::InvalidArgumentError("bad items") : absl::OkStatus();
    }
    absl::StatusOr<v1::CatalogReceived> Finish() override {
      heard_.Tell("finish");
      v1::CatalogReceived received;
      received.set_generation(3);
      return received;
    }

   private:
    Heard& heard_;
  };

  void Tell(std::string what) {
    std::lock_guard lock(mutex_);
    told_.push_back(std::move(what));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

v1::CatalogChunk Begin(const std::string& target) {
  v1::CatalogChunk chunk;
  chunk.mutable_begin()->set_target(target);
  return chunk;
}

v1::CatalogChunk Items(const std::string& bytes) {
  v1::CatalogChunk chunk;
  chunk.set_items(bytes);
  return chunk;
}

struct Line {
  Heard heard;
  Gateway gateway{absl::Seconds(30), 8, &heard};
  FakeRelay relay{gateway, "r1"};
  v1::CatalogReceived received;
};

TEST_CASE("a relay is asked for its targets' schemas as it registers, and whenever somebody wishes") {
  Line line;
  CHECK(line.relay.Next()->has_welcome());
  for (int i = 0; i < 2; ++i) {
    const auto command = line.relay.Next();
    REQUIRE(command.has_value());
    CHECK(command->refresh_catalog().target() == "orders");
    CHECK(command->refresh_catalog().request() == 7);
    if (i == 0) REQUIRE(line.gateway->RefreshCatalog("orders").ok());
  }
  CHECK(line.gateway->RefreshCatalog("mail").code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a report that was all there is handed over and answered") {
  Line line;
  REQUIRE(line.relay.Report({Begin("orders"), Items("x"), Items("y")}, &line.received).ok());
  CHECK(line.received.generation() == 3);
  line.heard.Await("let go");
  CHECK(line.heard.told() == std::vector<std::string>{"begin r1 orders", "finish", "let go"});
}

TEST_CASE("a relay reports its own targets alone") {
  Line line;
  CHECK(line.relay.Report({Begin("mail"), Items("x")}, &line.received).error_code() ==
        grpc::StatusCode::PERMISSION_DENIED);
  CHECK(line.relay.Report({Begin("nowhere")}, &line.received).error_code() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(line.heard.told().empty());
}

TEST_CASE("a report that is not what was agreed ends with an error and is not handed over") {
  Line line;
  const std::vector<std::vector<v1::CatalogChunk>> broken = {
      {},
      {Items("x")},
      {v1::CatalogChunk()},
      {Begin("orders"), Begin("orders")},
      {Begin("orders"), Items(std::string(65'000, 'x') + std::string(1000, 'y'))},
      {Begin("orders"), Items("bad")}};
  for (const auto& chunks : broken) {
    CHECK(line.relay.Report(chunks, &line.received).error_code() == grpc::StatusCode::INVALID_ARGUMENT);
  }
  for (const std::string& what : line.heard.told()) CHECK(what != "finish");
  line.heard.Await("failed r1 orders bad items");
}

TEST_CASE("of two reports of one target by one relay the newer goes on") {
  Line line;
  grpc::ClientContext context;
  const auto first = line.relay.StartReport(context, Begin("orders"), &line.received);
  line.heard.Await("begin r1 orders");
  v1::CatalogReceived second;
  REQUIRE(line.relay.Report({Begin("orders"), Items("x")}, &second).ok());
  CHECK(first->Finish().error_code() == grpc::StatusCode::ABORTED);
}

TEST_CASE("a report that is under way when the gateway stops ends") {
  Line line;
  grpc::ClientContext context;
  const auto stream = line.relay.StartReport(context, Begin("orders"), &line.received);
  line.heard.Await("begin r1 orders");
  line.gateway->Shutdown();
  CHECK(stream->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("a gateway that keeps no schemas asks for none and takes none") {
  Gateway gateway;
  FakeRelay relay(gateway, "r1");
  gateway.AwaitRelays(1);
  v1::CatalogReceived received;
  CHECK(relay.Report({Begin("orders")}, &received).error_code() == grpc::StatusCode::UNIMPLEMENTED);
  CHECK(gateway->RefreshCatalog("orders").code() == absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace postern::tunnel
