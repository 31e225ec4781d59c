#include "gateway/ctl/stored_token.h"

#include <absl/time/clock.h>

#include <utility>

#include "gateway/ctl/login_store.h"

namespace postern::ctl {
namespace {

// A token this near its end is not worth showing.
constexpr absl::Duration kNear = absl::Seconds(60);

absl::Status Ended() { return absl::UnauthenticatedError("your login has ended: run `posternctl login` again"); }

// One that is still good will do while the issuer cannot be asked.
absl::StatusOr<std::string> OldOr(const Login& login, absl::Time now, const absl::Status& why) {
  return now < login.tokens.expires_at ? absl::StatusOr<std::string>(login.tokens.token) : why;
}

}  // namespace

absl::StatusOr<std::string> StoredToken(const std::filesystem::path& folder, const std::string& api, const Send& send) {
  if (!LoginStore::Exists(folder)) return std::string();
  auto store = LoginStore::Open(folder);
  if (!store.ok()) return store.status();
  const Login* found = store->Find(api);
  if (found == nullptr) return std::string();
  Login login = *found;
  const absl::Time now = absl::Now();
  if (now + kNear < login.tokens.expires_at) return login.tokens.token;
  if (login.tokens.refresh_token.empty()) return OldOr(login, now, Ended());
  const auto issuer = Issuer::Discover(login.account, send);
  if (!issuer.ok()) return OldOr(login, now, issuer.status());
  auto answer = issuer->Refresh(login.tokens.refresh_token, now);
  if (!answer.ok()) return OldOr(login, now, answer.status());
  if (!answer->tokens) return OldOr(login, now, Ended());
  // An issuer that gives no new one lets the old one be used again.
  if (answer->tokens->refresh_token.empty()) answer->tokens->refresh_token = login.tokens.refresh_token;
  login.tokens = *std::move(answer->tokens);
  std::string token = login.tokens.token;
  if (absl::Status kept = store->Put(api, std::move(login)); !kept.ok()) return kept;
  return token;
}

}  // namespace postern::ctl
