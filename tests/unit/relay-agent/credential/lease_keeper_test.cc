#include "relay-agent/credential/lease_keeper.h"

#include <absl/time/clock.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "relay-agent/credential/account.h"

namespace postern::relay {
namespace {

// A lender that counts, and fails when it is told to.
class Lender : public CredentialSource {
 public:
  absl::StatusOr<Credential> Fetch(absl::Time) override {
    std::lock_guard lock(mutex_);
    const std::string id = "lease-" + std::to_string(++lent_);
    out_.insert(id);
    return Credential{"user-" + id, mysql::Secret("password"), Lease{id, lasts, renewable}};
  }
  absl::StatusOr<Lease> Renew(const std::string& id, absl::Time) override {
    ++renewals;
    if (renewing.code() != absl::StatusCode::kOk) return renewing;
    return Lease{id, lasts, renewable};
  }
  absl::Status GiveBack(const std::string& id, absl::Time) override {
    if (refusals-- > 0) return absl::UnavailableError("not now");
    std::lock_guard lock(mutex_);
    return out_.erase(id) > 0 ? absl::OkStatus() : absl::NotFoundError("");
  }
  size_t out() const {
    std::lock_guard lock(mutex_);
    return out_.size();
  }

  absl::Duration lasts = absl::Hours(1);
  bool renewable = true;
  absl::Status renewing;
  std::atomic<int> renewals = 0;
  std::atomic<int> refusals = 0;

 private:
  mutable std::mutex mutex_;
  int lent_ = 0;
  std::set<std::string> out_;
};

template <class Predicate>
void Until(Predicate happened) {
  for (const absl::Time until = absl::Now() + absl::Seconds(15); !happened();) {
    REQUIRE(absl::Now() < until);
    absl::SleepFor(absl::Milliseconds(5));
  }
}

absl::Time Soon() { return absl::Now() + absl::Seconds(5); }

TEST_CASE("what was lent for a session goes back when the last holder lets go") {
  const auto lender = std::make_shared<Lender>();
  LeaseKeeper keeper(std::nullopt);
  Account account("orders", lender, &keeper);
  LoginResult login = account.Open(Soon());
  REQUIRE(login.ok());
  CHECK((*login)->user() == "user-lease-1");
  std::shared_ptr<Login> other = *login;
  login = absl::UnknownError("");
  CHECK(lender->out() == 1);
  other = nullptr;
  CHECK(keeper.Settle(absl::Seconds(10)));
  CHECK(lender->out() == 0);
}

TEST_CASE("sessions have leases of their own, the relay's conversations share one until it is not trusted") {
  const auto lender = std::make_shared<Lender>();
  LeaseKeeper keeper(std::nullopt);
  Account account("orders", lender, &keeper);
  LoginResult one = account.Open(Soon());
  LoginResult two = account.Open(Soon());
  CHECK((*one)->user() != (*two)->user());
  LoginResult own = account.Own(Soon());
  CHECK(*own == *account.Own(Soon()));
  account.Distrust(**own);
  CHECK(*own != *account.Own(Soon()));
}

TEST_CASE("a lease is renewed while it is held, and giving back is tried until it works") {
  const auto lender = std::make_shared<Lender>();
  lender->lasts = absl::Seconds(1);
  lender->refusals = 1;
  LeaseKeeper keeper(std::nullopt);
  Account account("orders", lender, &keeper);
  LoginResult login = account.Open(Soon());
  Until([&] { return lender->renewals >= 3; });
  CHECK_FALSE((*login)->lost());
  login = absl::UnknownError("");
  CHECK(keeper.Settle(absl::Seconds(10)));
  CHECK(lender->out() == 0);
}

TEST_CASE("a lease that ends before its time is told of, and given back all the same") {
  const auto lender = std::make_shared<Lender>();
  lender->lasts = absl::Seconds(1);
  SECTION("it is not renewable") { lender->renewable = false; }
  SECTION("the lender does not know it any more") { lender->renewing = absl::NotFoundError(""); }
  SECTION("the lender does not answer until it is over") { lender->renewing = absl::UnavailableError(""); }
  LeaseKeeper keeper(std::nullopt);
  Account account("orders", lender, &keeper);
  LoginResult login = account.Open(Soon());
  std::atomic<int> told = 0;
  (*login)->OnLost([&] { ++told; });
  Until([&] { return told == 1; });
  CHECK((*login)->lost());
  bool again = false;
  (*login)->OnLost([&] { again = true; });
  CHECK(again);
  login = absl::UnknownError("");
  CHECK(keeper.Settle(absl::Seconds(10)));
  CHECK(lender->out() == 0);
}

TEST_CASE("a lease of an earlier run is given back") {
  const auto lender = std::make_shared<Lender>();
  REQUIRE(lender->Fetch(Soon()).ok());
  LeaseKeeper keeper(std::nullopt);
  keeper.GiveBackFound({"orders", "lease-1"}, lender);
  CHECK(keeper.Settle(absl::Seconds(10)));
  CHECK(lender->out() == 0);
}

}  // namespace
}  // namespace postern::relay
