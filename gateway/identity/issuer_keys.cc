#include "gateway/identity/issuer_keys.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/http/client.h"
#include "common/observability/log.h"
#include "gateway/identity/jose/json.h"

namespace postern::identity {
namespace {

using Clock = std::chrono::steady_clock;

// With `Pace::pause` and two requests a login still ends within limits.login_timeout.
constexpr absl::Duration kRequestTimeout = absl::Seconds(3);
constexpr jose::JsonLimits kDiscoveryLimits{.bytes = 256 * 1024, .depth = 8, .values = 8192};
constexpr char kDiscoveryPath[] = "/.well-known/openid-configuration";

bool IsHttps(const std::string& url) { return url.starts_with("https://") && http::IsPrivateUrl(url); }

}  // namespace

absl::StatusOr<std::string> FetchOverHttps(const Issuer& issuer, const std::string& url) {
  if (!IsHttps(url)) return absl::InvalidArgumentError("not an https URL");
  http::Request request;
  request.url = url;
  request.headers = {{"Accept", "application/json"}};
  request.ca_file = issuer.ca;
  request.timeout = kRequestTimeout;
  request.max_response_bytes = jose::kMaxKeySetBytes;
  auto response = http::Send(request);
  if (!response.ok()) return response.status();
  if (response->status != 200) return absl::UnavailableError(absl::StrCat("answered with status ", response->status));
  return response->body;
}

IssuerKeys::IssuerKeys(Issuer issuer, FetchDocument fetch, std::function<void()> withdrawn, Pace pace)
    : issuer_(std::move(issuer)),
      fetch_document_(std::move(fetch)),
      withdrawn_(std::move(withdrawn)),
      pace_(pace),
      scheduled_(Clock::now()),
      retry_(pace.first_retry),
      thread_([this] { Run(); }) {}

IssuerKeys::~IssuerKeys() {
  Stop();
  thread_.join();
}

std::shared_ptr<const jose::KeySet> IssuerKeys::Current(absl::Time now) const {
  static const auto kNone = std::make_shared<const jose::KeySet>();
  std::lock_guard lock(mutex_);
  return now - fetched_at_ <= issuer_.max_key_age ? keys_ : kNone;
}

bool IssuerKeys::Has(std::string_view fingerprint) const {
  std::lock_guard lock(mutex_);
  return keys_->Has(fingerprint);
}

bool IssuerKeys::Await(Wanted wanted, Done& done) {
  std::lock_guard lock(mutex_);
  const bool fresh = absl::Now() - fetched_at_ <= issuer_.max_key_age;
  if (stopping_ || waiting_.size() >= pace_.waiting || (fresh && wanted(*keys_))) return false;
  waiting_.push_back({std::move(wanted), std::move(done), fetches_ + 1});
  wake_.notify_all();
  return true;
}

void IssuerKeys::Stop() {
  std::vector<Waiter> waiting;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting = std::exchange(waiting_, {});
    wake_.notify_all();
  }
  for (Waiter& waiter : waiting) waiter.done();
}

void IssuerKeys::Run() {
  Clock::time_point may_fetch = Clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto due = waiting_.empty() ? scheduled_ : std::min(scheduled_, may_fetch);
    if (Clock::now() < due) {
      wake_.wait_until(lock, due);
      continue;
    }
    may_fetch = Clock::now() + absl::ToChronoMilliseconds(pace_.pause);
    const uint64_t fetch = ++fetches_;
    lock.unlock();
    auto fetched = Fetch();
    lock.lock();
    const bool withdrawn = Install(std::move(fetched));
    std::vector<Done> answered = TakeAnswered(fetch);
    lock.unlock();
    if (withdrawn) withdrawn_();
    for (Done& done : answered) done();
    lock.lock();
  }
}

// Discovery each time: its answer may move, and a stolen one must not stay.
absl::StatusOr<jose::KeySet> IssuerKeys::Fetch() const {
  const auto url = KeySetUrl();
  if (!url.ok()) return url.status();
  const auto text = fetch_document_(issuer_, *url);
  if (!text.ok()) return absl::UnavailableError(absl::StrCat("key set: ", text.status().message()));
  return jose::ParseKeySet(*text);
}

absl::StatusOr<std::string> IssuerKeys::KeySetUrl() const {
  if (!issuer_.jwks_uri.empty()) return issuer_.jwks_uri;
  std::string base = issuer_.url;
  if (base.ends_with('/')) base.pop_back();
  const auto text = fetch_document_(issuer_, base + kDiscoveryPath);
  if (!text.ok()) return absl::UnavailableError(absl::StrCat("discovery: ", text.status().message()));
  const auto document = jose::ParseObject(*text, kDiscoveryLimits);
  if (!document.ok()) return absl::UnavailableError(absl::StrCat("discovery document ", document.status().message()));
  const std::string* name = jose::TextIn(*document, "issuer");
  if (name == nullptr || *name != issuer_.url) return absl::UnavailableError("discovery document is of another issuer");
  const std::string* url = jose::TextIn(*document, "jwks_uri");
  if (url == nullptr || !IsHttps(*url)) return absl::UnavailableError("discovery document has no https jwks_uri");
  return *url;
}

bool IssuerKeys::Install(absl::StatusOr<jose::KeySet> fetched) {
  const absl::Duration wait = fetched.ok() ? issuer_.refresh_interval : std::min(retry_, issuer_.refresh_interval);
  scheduled_ = Clock::now() + absl::ToChronoMilliseconds(wait);
  if (!fetched.ok()) {
    retry_ = std::min(retry_ * 2, pace_.longest_retry);
    log::Warning("keys of an issuer could not be fetched", {{"issuer", issuer_.url}, {"error", fetched.status()}});
    return false;
  }
  retry_ = pace_.first_retry;
  fetched_at_ = absl::Now();
  const auto before = std::exchange(keys_, std::make_shared<const jose::KeySet>(*std::move(fetched)));
  const auto lacks = [](const jose::KeySet& set) {
    return [&set](const jose::Key& key) { return !set.Has(key.fingerprint); };
  };
  const bool withdrawn = std::any_of(before->keys.begin(), before->keys.end(), lacks(*keys_));
  const bool added = std::any_of(keys_->keys.begin(), keys_->keys.end(), lacks(*before));
  if (withdrawn || added)
    log::Info("keys of an issuer in force", {{"issuer", issuer_.url}, {"keys", keys_->keys.size()}});
  if (keys_->keys.empty()) log::Warning("an issuer has no key that can be used", {{"issuer", issuer_.url}});
  return withdrawn;
}

std::vector<IssuerKeys::Done> IssuerKeys::TakeAnswered(uint64_t fetch) {
  std::vector<Done> answered;
  std::erase_if(waiting_, [&](Waiter& waiter) {
    // What was asked for while the fetch was under way may have been published since the server wrote its answer.
    if (waiter.fetch > fetch && !waiter.wanted(*keys_)) return false;
    answered.push_back(std::move(waiter.done));
    return true;
  });
  return answered;
}

}  // namespace postern::identity
