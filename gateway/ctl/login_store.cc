#include "gateway/ctl/login_store.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "common/files/replace_file.h"
#include "gateway/identity/jose/json.h"

namespace postern::ctl {
namespace {

constexpr char kFile[] = "login.json";
constexpr jose::JsonLimits kLimits{.bytes = 4 << 20, .depth = 4, .values = 8192};
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kAskEvery = absl::Milliseconds(20);

std::string TextOr(const nlohmann::json& object, const char* key) {
  const std::string* text = jose::TextIn(object, key);
  return text == nullptr ? "" : *text;
}

nlohmann::json JsonOf(const Login& login) {
  return {{"issuer", login.account.url},           {"ca", login.account.ca},
          {"client_id", login.account.client_id},  {"id_token", login.account.id_token},
          {"token", login.tokens.token},           {"refresh_token", login.tokens.refresh_token},
          {"expires_at", absl::ToUnixSeconds(login.tokens.expires_at)}};
}

Login LoginOf(const nlohmann::json& object) {
  Login login;
  login.account = {TextOr(object, "issuer"), TextOr(object, "ca"), TextOr(object, "client_id"), object.value("id_token", nlohmann::json()) == true};
  login.tokens.token = TextOr(object, "token");
  login.tokens.refresh_token = TextOr(object, "refresh_token");
  const auto end = object.find("expires_at");
  login.tokens.expires_at = end != object.end() && end->is_number_integer() ? absl::FromUnixSeconds(end->get<int64_t>()) : absl::InfinitePast();
  return login;
}

}  // namespace

bool LoginStore::Exists(const std::filesystem::path& folder) {
  std::error_code ignored;
  return !folder.empty() && std::filesystem::exists(folder / kFile, ignored);
}

absl::StatusOr<LoginStore> LoginStore::Open(const std::filesystem::path& folder) {
  if (folder.empty()) return absl::FailedPreconditionError("there is no place for a login: set HOME or XDG_CONFIG_HOME");
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  mkdir(folder.c_str(), 0700);
  const absl::Time deadline = absl::Now() + kPatience;
  auto lock = files::FolderLock::Take(folder);
  while (!lock.ok() && absl::Now() < deadline) {
    absl::SleepFor(kAskEvery);
    lock = files::FolderLock::Take(folder);
  }
  if (!lock.ok()) return lock.status();
  LoginStore store(folder / kFile, *std::move(lock));
  absl::Status read = store.Read();
  if (!read.ok()) return read;
  return store;
}

absl::Status LoginStore::Read() {
  std::ifstream in(file_, std::ios::binary);
  if (!in) return absl::OkStatus();
  std::string text(std::istreambuf_iterator<char>(in), {});
  const auto object = jose::ParseObject(text, kLimits);
  OPENSSL_cleanse(text.data(), text.size());
  if (!object.ok()) return absl::FailedPreconditionError(absl::StrCat(file_.string(), ": is no list of logins; remove it and log in again"));
  for (const auto& [api, login] : object->items()) {
    if (login.is_object()) logins_[api] = LoginOf(login);
  }
  return absl::OkStatus();
}

absl::Status LoginStore::Write() const {
  auto object = nlohmann::json::object();
  for (const auto& [api, login] : logins_) object[api] = JsonOf(login);
  std::string text = object.dump(1);
  auto replacement = files::Replacement::Prepare(file_, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!replacement.ok()) return replacement.status();
  absl::Status written = replacement->Commit();
  // Whatever mode it had before.
  if (written.ok() && chmod(file_.c_str(), 0600) != 0) return absl::UnavailableError(absl::StrCat("cannot make ", file_.string(), " its owner's alone"));
  return written;
}

const Login* LoginStore::Find(const std::string& api) const {
  const auto found = logins_.find(api);
  return found == logins_.end() ? nullptr : &found->second;
}

absl::Status LoginStore::Put(const std::string& api, Login login) {
  logins_[api] = std::move(login);
  return Write();
}

absl::Status LoginStore::Remove(const std::string& api) {
  logins_.erase(api);
  return Write();
}

}  // namespace postern::ctl
