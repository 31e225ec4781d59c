// A database account that the relay logs in to, and the logins made with it.
#ifndef POSTERN_RELAY_AGENT_CREDENTIAL_ACCOUNT_H_
#define POSTERN_RELAY_AGENT_CREDENTIAL_ACCOUNT_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "relay-agent/credential/lease_keeper.h"
#include "relay-agent/credential/source.h"

namespace postern::relay {

// A credential in use. If it was lent, it goes back when the last holder lets go of it. Thread-safe.
class Login {
 public:
  // `keeper` may be null for a credential that is not lent.
  Login(Credential credential, LeaseKeeper* keeper);
  ~Login();
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  const std::string& user() const { return credential_.user; }
  std::string_view password() const { return credential_.password.Reveal(); }
  bool lent() const { return credential_.lease.has_value(); }

  // `tell` is called, on any thread, when the lease ended before its time; at once if it has.
  void OnLost(std::function<void()> tell);
  bool lost() const;
  void Lose();

 private:
  const Credential credential_;
  LeaseKeeper* const keeper_;
  mutable std::mutex mutex_;
  bool lost_ = false;
  std::function<void()> tell_;
};

using LoginResult = absl::StatusOr<std::shared_ptr<Login>>;

// Thread-safe; both ways to a login may block until the deadline.
class Account {
 public:
  // `keeper` outlives the account and its logins. Null: a source that lends is refused.
  Account(std::string name, std::shared_ptr<CredentialSource> source, LeaseKeeper* keeper);

  // One login for one session.
  LoginResult Open(absl::Time deadline);
  // For the relay's own conversations. What was lent for them is shared and kept; anything else is fetched each time, because
  // it may have changed.
  LoginResult Own(absl::Time deadline);
  // The server did not take it: the next one is another.
  void Distrust(const Login& login);

  const std::string& name() const { return name_; }
  const std::shared_ptr<CredentialSource>& source() const { return source_; }

 private:
  const std::string name_;
  const std::shared_ptr<CredentialSource> source_;
  LeaseKeeper* const keeper_;
  std::mutex mutex_;  // held while the relay's own login is fetched, so that one is
  std::shared_ptr<Login> own_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CREDENTIAL_ACCOUNT_H_
