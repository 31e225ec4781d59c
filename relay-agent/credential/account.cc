#include "relay-agent/credential/account.h"

#include <utility>

namespace postern::relay {

Login::Login(Credential credential, LeaseKeeper* keeper) : credential_(std::move(credential)), keeper_(keeper) {}

Login::~Login() {
  if (lent()) keeper_->GiveBack(credential_.lease->id);
}

void Login::OnLost(std::function<void()> tell) {
  {
    std::lock_guard lock(mutex_);
    if (!lost_) {
      tell_ = std::move(tell);
      return;
    }
  }
  tell();
}

bool Login::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

void Login::Lose() {
  std::function<void()> tell;
  {
    std::lock_guard lock(mutex_);
    lost_ = true;
    tell = std::exchange(tell_, nullptr);
  }
  if (tell) tell();
}

Account::Account(std::string name, std::shared_ptr<CredentialSource> source, LeaseKeeper* keeper)
    : name_(std::move(name)), source_(std::move(source)), keeper_(keeper) {}

LoginResult Account::Open(absl::Time deadline) {
  absl::StatusOr<Credential> credential = source_->Fetch(deadline);
  if (!credential.ok()) return credential.status();
  const std::optional<Lease> lease = credential->lease;
  if (lease && keeper_ == nullptr) return absl::InternalError("nobody keeps what is lent");
  auto login = std::make_shared<Login>(*std::move(credential), keeper_);
  if (!lease) return login;
  absl::Status kept = keeper_->Keep(name_, source_, *lease, [weak = std::weak_ptr<Login>(login)] {
    if (const auto alive = weak.lock()) alive->Lose();
  });
  if (!kept.ok()) return kept;
  return login;
}

LoginResult Account::Own(absl::Time deadline) {
  std::lock_guard lock(mutex_);
  if (own_ != nullptr && !own_->lost()) return own_;
  own_ = nullptr;
  LoginResult login = Open(deadline);
  if (login.ok() && (*login)->lent()) own_ = *login;
  return login;
}

void Account::Distrust(const Login& login) {
  std::lock_guard lock(mutex_);
  if (own_.get() == &login) own_ = nullptr;
}

}  // namespace postern::relay
