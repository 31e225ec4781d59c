#include "gateway/console/session_table.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <utility>

#include "gateway/console/random_text.h"

namespace postern::console {
SessionTable::Key SessionTable::KeyOf(std::string_view cookie) {
  Key key;
  SHA256(reinterpret_cast<const unsigned char*>(cookie.data()), cookie.size(), key.data());
  return key;
}

bool SessionTable::Over(const Entry& entry, absl::Time now) const {
  return now >= entry.session->expires_at || now - entry.used_at >= limits_.idle;
}

void SessionTable::MakeRoom(const std::string& person, absl::Time now) {
  std::erase_if(sessions_, [&](const auto& one) { return Over(one.second, now); });
  size_t count = 0;
  auto oldest = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (it->second.session->who.name() != person) continue;
    ++count;
    if (oldest == sessions_.end() || it->second.started_at < oldest->second.started_at) oldest = it;
  }
  if (count >= limits_.sessions_per_person) sessions_.erase(oldest);
}

absl::StatusOr<std::string> SessionTable::Add(mysql::Secret credential, v1::WhoAmIResponse who, absl::Time now) {
  auto session = std::make_shared<SignedIn>();
  session->credential = std::move(credential);
  session->csrf = RandomText();
  session->expires_at = std::min(now + limits_.longest, absl::FromUnixMillis(who.expires_at_unix_ms()));
  session->who = std::move(who);
  std::string cookie = RandomText();
  std::lock_guard lock(mutex_);
  MakeRoom(session->who.name(), now);
  if (sessions_.size() >= limits_.sessions) {
    return absl::ResourceExhaustedError("too many people are signed in to the console; try again later");
  }
  sessions_[KeyOf(cookie)] = Entry{std::move(session), now, now};
  return cookie;
}

std::shared_ptr<const SignedIn> SessionTable::Find(std::string_view cookie, absl::Time now, bool used) {
  if (cookie.empty()) return nullptr;
  const Key key = KeyOf(cookie);
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return nullptr;
  if (Over(found->second, now)) {
    sessions_.erase(found);
    return nullptr;
  }
  if (used) found->second.used_at = now;
  return found->second.session;
}

void SessionTable::Remove(std::string_view cookie) {
  const Key key = KeyOf(cookie);
  std::lock_guard lock(mutex_);
  sessions_.erase(key);
}

size_t SessionTable::size() const {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

bool HasCsrf(const SignedIn& session, std::string_view token) {
  return token.size() == session.csrf.size() && CRYPTO_memcmp(token.data(), session.csrf.data(), token.size()) == 0;
}

}  // namespace postern::console
