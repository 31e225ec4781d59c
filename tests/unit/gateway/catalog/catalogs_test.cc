#include "gateway/catalog/catalogs.h"

#include <absl/time/clock.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <future>

#include "gateway/catalog/await_fresh.h"
#include "tests/unit/gateway/catalog/snapshots.h"

namespace postern::catalog {
namespace {

struct Kept {
  std::vector<std::string> asked;
  absl::Status ask_answer;
  Catalogs catalogs{{"orders"}, {}, [this](const std::string& target) {
                      asked.push_back(target);
                      return ask_answer;
                    }};

  absl::StatusOr<v1::CatalogReceived> Report(const Parcel& parcel, uint64_t request = 0, uint64_t age_ms = 0) {
    v1::CatalogBegin begin = parcel.begin;
    begin.set_request(request);
    begin.set_age_ms(age_ms);
    auto incoming = catalogs.Begin("r1", begin);
    if (!incoming.ok()) return incoming.status();
    for (const std::string& chunk : parcel.chunks) {
      if (absl::Status added = (*incoming)->Add(chunk); !added.ok()) return added;
    }
    return (*incoming)->Finish();
  }
};

Items Other() {
  Items items = Shop();
  items.push_back(TextItem(v1::CatalogText::OF_PROCEDURE, "shop", "another", "SELECT 1"));
  return items;
}

absl::Time Soon() { return absl::Now() + absl::Milliseconds(20); }

TEST_CASE("a catalog is replaced whole; the same content keeps its generation and is newer") {
  Kept kept;
  CHECK(kept.catalogs.Of("orders") == nullptr);
  CHECK_FALSE(kept.catalogs.StatusOf("orders").has_value());
  REQUIRE(kept.Report(Pack(Shop()), 0, 60'000).ok());
  const CatalogPtr first = kept.catalogs.Of("orders");
  REQUIRE(first != nullptr);
  CHECK(first->generation() == 1);
  CHECK(absl::Now() - first->captured_at() >= absl::Minutes(1));
  REQUIRE(kept.Report(Pack(Shop())).ok());
  CHECK(kept.catalogs.Of("orders") == first);
  CHECK(absl::Now() - first->captured_at() < absl::Minutes(1));
  const auto changed = kept.Report(Pack(Other()));
  REQUIRE(changed.ok());
  CHECK(changed->generation() == 2);
  CHECK(kept.catalogs.Of("orders")->generation() == 2);
  // Who had the old one still has it.
  CHECK(first->FindRelation("shop", "Orders").has_value());
  CHECK(kept.catalogs.StatusOf("orders")->routines() == 3);
  CHECK(kept.catalogs.Of("mail") == nullptr);
}

TEST_CASE("a relay that knows what the gateway has sends no items") {
  Kept kept;
  Parcel parcel = Pack(Shop());
  REQUIRE(kept.Report(parcel).ok());
  CHECK(kept.catalogs.Wish("orders").known_digest() == parcel.begin.digest());
  parcel.chunks.clear();
  CHECK(kept.Report(parcel)->generation() == 1);
  Parcel unknown = Pack(Other());
  unknown.chunks.clear();
  CHECK(kept.Report(unknown).status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(kept.catalogs.Of("orders")->generation() == 1);
}

TEST_CASE("a snapshot cut short at any chunk, or changed in any, changes nothing") {
  Kept kept;
  REQUIRE(kept.Report(Pack(Shop())).ok());
  const Parcel whole = Pack(Other(), 1);
  for (size_t cut = 0; cut < whole.chunks.size(); ++cut) {
    INFO(cut);
    Parcel broken = whole;
    broken.chunks.resize(cut);
    CHECK_FALSE(kept.Report(broken).ok());
    broken = whole;
    broken.chunks.erase(broken.chunks.begin() + static_cast<ptrdiff_t>(cut));
    CHECK_FALSE(kept.Report(broken).ok());
    broken = whole;
    broken.chunks[cut].pop_back();
    CHECK_FALSE(kept.Report(broken).ok());
    broken = whole;
    broken.chunks.insert(broken.chunks.begin() + static_cast<ptrdiff_t>(cut), whole.chunks[cut]);
    CHECK_FALSE(kept.Report(broken).ok());
  }
  for (size_t cut = 0; cut < whole.chunks.size(); ++cut) {
    for (size_t at = 0; at < whole.chunks[cut].size(); ++at) {
      Parcel flipped = whole;
      flipped.chunks[cut][at] = static_cast<char>(flipped.chunks[cut][at] ^ 0x11);
      CHECK_FALSE(kept.Report(flipped).ok());
    }
  }
  Parcel lying = whole;
  lying.begin.set_items(whole.begin.items() + 1);
  CHECK_FALSE(kept.Report(lying).ok());
  lying.begin.set_age_ms(~uint64_t{0});
  CHECK_FALSE(kept.catalogs.Begin("r1", lying.begin).ok());
  CHECK(kept.catalogs.Of("orders")->generation() == 1);
  CHECK(kept.Report(whole).ok());
}

TEST_CASE("who waits for a refresh gets a snapshot that was read after it, not an earlier one") {
  Kept kept;
  REQUIRE(kept.Report(Pack(Shop())).ok());
  const uint64_t ticket = kept.catalogs.Refresh("orders");
  CHECK(kept.asked == std::vector<std::string>{"orders"});
  CHECK(kept.catalogs.Wish("orders").request() == ticket);
  REQUIRE(kept.Report(Pack(Shop()), ticket - 1).ok());
  CHECK(kept.catalogs.AwaitFresh("orders", ticket, Soon()).status().code() == absl::StatusCode::kDeadlineExceeded);
  auto waiting = std::async(
      std::launch::async, [&] { return kept.catalogs.AwaitFresh("orders", ticket, absl::Now() + absl::Seconds(20)); });
  // The content need not have changed.
  REQUIRE(kept.Report(Pack(Shop()), ticket).ok());
  const auto fresh = waiting.get();
  REQUIRE(fresh.ok());
  CHECK((*fresh)->generation() == 1);
  CHECK(kept.catalogs.AwaitFresh("orders", ticket, Soon()).ok());
  // A relay cannot answer what was not asked yet.
  REQUIRE(kept.Report(Pack(Shop()), ticket + 100).ok());
  const uint64_t next = kept.catalogs.Refresh("orders");
  CHECK_FALSE(kept.catalogs.AwaitFresh("orders", next, Soon()).ok());
  CHECK(kept.catalogs.Refresh("nowhere") == 0);
}

TEST_CASE("who waits for a newer generation gets it, or is told in time") {
  Kept kept;
  CHECK(kept.catalogs.AwaitNewer("orders", 0, Soon()).status().code() == absl::StatusCode::kDeadlineExceeded);
  REQUIRE(kept.Report(Pack(Shop())).ok());
  CHECK((*kept.catalogs.AwaitNewer("orders", 0, Soon()))->generation() == 1);
  CHECK_FALSE(kept.catalogs.AwaitNewer("orders", 1, Soon()).ok());
  REQUIRE(kept.Report(Pack(Other())).ok());
  CHECK((*kept.catalogs.AwaitNewer("orders", 1, Soon()))->generation() == 2);
  CHECK(kept.catalogs.AwaitNewer("nowhere", 0, Soon()).status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("what was read earlier does not replace what was read later, but answers for it") {
  Kept kept;
  REQUIRE(kept.Report(Pack(Shop())).ok());
  const uint64_t ticket = kept.catalogs.Refresh("orders");
  REQUIRE(kept.Report(Pack(Other()), ticket, 60'000).ok());
  CHECK(kept.catalogs.Of("orders")->generation() == 1);
  CHECK(kept.catalogs.AwaitFresh("orders", ticket, Soon()).ok());
}

TEST_CASE("a shutdown ends the waiting, and none begins after it") {
  Kept kept;
  const uint64_t ticket = kept.catalogs.Refresh("orders");
  auto waiting = std::async(std::launch::async,
                            [&] { return kept.catalogs.AwaitFresh("orders", ticket, absl::InfiniteFuture()); });
  kept.catalogs.Shutdown();
  CHECK(waiting.get().status().code() == absl::StatusCode::kCancelled);
  CHECK(kept.catalogs.AwaitFresh("orders", ticket, absl::InfiniteFuture()).status().code() ==
        absl::StatusCode::kCancelled);
}

TEST_CASE("a coroutine waits without holding its thread") {
  Kept kept;
  asio::io_context context;
  const uint64_t ticket = kept.catalogs.Refresh("orders");
  absl::StatusOr<CatalogPtr> late(absl::UnknownError(""));
  absl::StatusOr<CatalogPtr> fresh(absl::UnknownError(""));
  const auto wait = [&](absl::Duration patience, absl::StatusOr<CatalogPtr>& answer) {
    asio::co_spawn(context, AwaitFresh(kept.catalogs, "orders", ticket, patience),
                   [&](std::exception_ptr, absl::StatusOr<CatalogPtr> got) { answer = std::move(got); });
  };
  wait(absl::Milliseconds(1), late);
  context.run();
  CHECK(late.status().code() == absl::StatusCode::kDeadlineExceeded);
  wait(absl::Seconds(20), fresh);
  context.restart();
  context.poll();
  REQUIRE(kept.Report(Pack(Shop()), ticket).ok());
  context.run();
  REQUIRE(fresh.ok());
  CHECK((*fresh)->generation() == 1);
}

TEST_CASE("why a snapshot was not taken is told until one is") {
  Kept kept;
  kept.catalogs.Failed("r1", "orders", absl::DataLossError("cut short"));
  CHECK(kept.catalogs.StatusOf("orders")->error() == "cut short");
  REQUIRE(kept.Report(Pack(Shop())).ok());
  CHECK(kept.catalogs.StatusOf("orders")->error().empty());
}

}  // namespace
}  // namespace postern::catalog
