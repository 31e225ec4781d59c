#include "gateway/notify/courier.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/unit/gateway/notify/held.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::notify {
namespace {

NoticePtr Fresh(const std::string& id) {
  return std::make_shared<const Notice>(Notice{.event = Event::kRequested, .at = absl::Now(), .approval = MayBeTold(Held(id))});
}

// A webhook whose receiver does what the test says.
class Receiver {
 public:
  explicit Receiver(absl::Duration give_up_after = absl::Minutes(15)) : dead_(file()), give_up_after_(give_up_after) {}

  CourierParts Parts() {
    return {.webhook = {.name = "test", .give_up_after = give_up_after_},
            .dead_letters = dead_,
            .tried = [this](Tried tried) { Note([&] { tried_.push_back(tried); }); },
            .deliver = [this](const Endpoint&, const Delivery& delivery, absl::Time) {
              absl::Status answer;
              Note([&] {
                if (failures_ > 0) answer = absl::UnavailableError("not now");
                if (failures_ > 0) --failures_;
                if (answer.ok()) delivered_.push_back(delivery.id);
              });
              return answer;
            },
            .pause = absl::Milliseconds(1)};
  }
  void Fail(int times) {
    std::lock_guard lock(mutex_);
    failures_ = times;
  }
  std::vector<std::string> Delivered(size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60), [&] { return delivered_.size() >= count; }));
    return delivered_;
  }
  void AwaitTried(Tried wanted, size_t count) {
    std::unique_lock lock(mutex_);
    const auto seen = [&] { return static_cast<size_t>(std::count(tried_.begin(), tried_.end(), wanted)) >= count; };
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60), seen));
  }
  std::vector<nlohmann::json> Letters() const {
    std::vector<nlohmann::json> letters;
    std::ifstream in(file());
    for (std::string line; std::getline(in, line);) letters.push_back(nlohmann::json::parse(line));
    return letters;
  }
  std::filesystem::path file() const { return temp_.path() / "dead.jsonl"; }

 private:
  template <class Change>
  void Note(Change change) {
    {
      std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  TempFolder temp_;
  DeadLetters dead_;
  const absl::Duration give_up_after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int failures_ = 0;
  std::vector<std::string> delivered_;
  std::vector<Tried> tried_;
};

TEST_CASE("what fails is tried again, in order, and comes once") {
  Receiver receiver;
  receiver.Fail(3);
  Courier courier(receiver.Parts());
  courier.Offer(Fresh("apr_1"));
  courier.Offer(Fresh("apr_2"));
  CHECK(receiver.Delivered(2) == std::vector<std::string>{"apr_1.requested", "apr_2.requested"});
  receiver.AwaitTried(Tried::kFailed, 3);
  receiver.AwaitTried(Tried::kDelivered, 2);
  CHECK(receiver.Letters().empty());
}

TEST_CASE("what nobody takes in time is a dead letter that says why, for its owner's eyes only") {
  Receiver receiver(absl::Milliseconds(20));
  receiver.Fail(1 << 30);
  Courier courier(receiver.Parts());
  courier.Offer(Fresh("apr_1"));
  receiver.AwaitTried(Tried::kDead, 1);
  const auto letters = receiver.Letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0]["id"] == "apr_1.requested");
  CHECK(letters[0]["webhook"] == "test");
  CHECK(letters[0]["tries"] >= 1);
  CHECK(letters[0]["why"].get<std::string>().find("not now") != std::string::npos);
  CHECK(letters[0]["body"]["approval"]["id"] == "apr_1");
  struct stat facts {};
  REQUIRE(::stat(receiver.file().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  // The next one is delivered when somebody takes it.
  receiver.Fail(0);
  courier.Offer(Fresh("apr_2"));
  CHECK(receiver.Delivered(1) == std::vector<std::string>{"apr_2.requested"});
}

TEST_CASE("at the end what waits is delivered if it can be, and kept if not") {
  Receiver receiver;
  {
    Courier courier(receiver.Parts());
    for (int i = 0; i < 10; ++i) courier.Offer(Fresh("apr_" + std::to_string(i)));
  }
  CHECK(receiver.Delivered(10).size() == 10);
  receiver.Fail(1 << 30);
  {
    auto parts = receiver.Parts();
    parts.pause = absl::Hours(1);
    Courier courier(std::move(parts));
    courier.Offer(Fresh("apr_a"));
    courier.Offer(Fresh("apr_b"));
    receiver.AwaitTried(Tried::kFailed, 1);
  }
  const auto letters = receiver.Letters();
  REQUIRE(letters.size() == 2);
  CHECK(letters[1]["why"] == "the gateway stopped");
}

TEST_CASE("what waits is bounded, and whoever offers never waits") {
  Receiver receiver;
  receiver.Fail(1 << 30);
  auto parts = receiver.Parts();
  parts.pause = absl::Hours(1);
  parts.longest_pause = absl::Hours(1);
  Courier courier(std::move(parts));
  for (size_t i = 0; i < 5 * Courier::kMostWaiting; ++i) courier.Offer(Fresh("apr_" + std::to_string(i)));
  receiver.AwaitTried(Tried::kDead, 3 * Courier::kMostWaiting);
  CHECK(courier.waiting() <= 2 * Courier::kMostWaiting + 1);
}

TEST_CASE("dead letters are bounded too: the older half goes") {
  TempFolder temp;
  DeadLetters dead(temp.path() / "dead.jsonl", 1000);
  for (int i = 0; i < 100; ++i) REQUIRE(dead.Add(std::string(90, 'x')).ok());
  CHECK(std::filesystem::file_size(temp.path() / "dead.jsonl") <= 1000);
  CHECK(std::filesystem::file_size(temp.path() / "dead.jsonl.old") <= 1000);
}

}  // namespace
}  // namespace postern::notify
