// The keys one issuer signs with, kept fresh by a thread of their own, so that no login ever waits on a stranger's
// server for longer than it chooses to.
//
// Fetched at once, then every `refresh_interval`, and sooner when a login meets a key that is not known, but never
// twice within `pause`: whoever invents key ids causes no more than that. While the issuer cannot be reached the last
// keys serve until they are `max_key_age` old. Thread-safe.
#ifndef POSTERN_GATEWAY_IDENTITY_ISSUER_KEYS_H_
#define POSTERN_GATEWAY_IDENTITY_ISSUER_KEYS_H_

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/identity/issuer.h"
#include "gateway/identity/jose/jwks.h"

namespace postern::identity {

// The body found at an https URL. Blocks for a bounded time; called on the thread of each issuer.
using FetchDocument = std::function<absl::StatusOr<std::string>(const Issuer& issuer, const std::string& url)>;

// Over HTTPS by libcurl, redirects refused.
absl::StatusOr<std::string> FetchOverHttps(const Issuer& issuer, const std::string& url);

class IssuerKeys {
 public:
  struct Pace {
    absl::Duration pause = absl::Seconds(3);
    absl::Duration first_retry = absl::Seconds(5);
    absl::Duration longest_retry = absl::Minutes(1);
    size_t waiting = 64;
  };
  using Wanted = std::function<bool(const jose::KeySet& keys)>;
  using Done = absl::AnyInvocable<void()>;

  // `withdrawn` is called on the thread of the keys whenever one of them is gone.
  IssuerKeys(Issuer issuer, FetchDocument fetch, std::function<void()> withdrawn, Pace pace);
  // Blocks until a fetch under way has ended; whoever waits is told first.
  ~IssuerKeys();

  // Empty when none were fetched yet, or those there are too old to be believed. Never null.
  std::shared_ptr<const jose::KeySet> Current(absl::Time now) const;
  // Whether the key was in the last set, however old that is.
  bool Has(std::string_view fingerprint) const;

  // Takes `done` and calls it on the thread of the keys once they hold what is wanted, or were fetched anew without it:
  // after `pause` and two fetches at most. False, and `done` left alone, when there is nothing to wait for: they hold
  // it now, too many wait already, or Stop was called.
  bool Await(Wanted wanted, Done& done);

  // No more fetches; whoever waits is told.
  void Stop();

 private:
  struct Waiter {
    Wanted wanted;
    Done done;
    uint64_t fetch = 0;  // the first that counts for it
  };

  void Run();
  absl::StatusOr<jose::KeySet> Fetch() const;
  absl::StatusOr<std::string> KeySetUrl() const;
  // Whether a key that was there is gone.
  bool Install(absl::StatusOr<jose::KeySet> fetched);
  std::vector<Done> TakeAnswered(uint64_t fetch);

  const Issuer issuer_;
  const FetchDocument fetch_document_;
  const std::function<void()> withdrawn_;
  const Pace pace_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::shared_ptr<const jose::KeySet> keys_ = std::make_shared<jose::KeySet>();
  absl::Time fetched_at_ = absl::InfinitePast();
  // By the clock that is never set.
  std::chrono::steady_clock::time_point scheduled_;
  absl::Duration retry_;
  uint64_t fetches_ = 0;  // begun
  std::vector<Waiter> waiting_;
  std::thread thread_;
};

}  // namespace postern::identity

#endif  // POSTERN_GATEWAY_IDENTITY_ISSUER_KEYS_H_
