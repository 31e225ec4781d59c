#include "relay-agent/credential/lease_ledger.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/files/replace_file.h"

namespace postern::relay {
namespace {

constexpr char kSuffix[] = ".lease";
constexpr std::string_view kAccount = "lease 1\naccount ";
constexpr std::string_view kId = "\nid ";

}  // namespace

//   lease 1
//   account orders-prod
//   id database/creds/readonly/2f6a614c…
std::string EncodeLease(const LeaseRecord& record) {
  return absl::StrCat(std::string(kAccount), record.account, std::string(kId), record.id, "\n");
}

std::optional<LeaseRecord> DecodeLease(const std::string& text) {
  const size_t id = text.find(kId);
  if (!std::string_view(text).starts_with(kAccount) || id == std::string::npos || id < kAccount.size()) return std::nullopt;
  const size_t end = text.find('\n', id + kId.size());
  LeaseRecord record{text.substr(kAccount.size(), id - kAccount.size()), ""};
  if (end == std::string::npos || end + 1 != text.size()) return std::nullopt;
  record.id = text.substr(id + kId.size(), end - id - kId.size());
  if (record.account.empty() || record.id.empty()) return std::nullopt;
  return record;
}

absl::StatusOr<LeaseLedger> LeaseLedger::Open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return absl::FailedPreconditionError(folder + ": " + error.message());
  if (access(folder.c_str(), W_OK) != 0) return absl::FailedPreconditionError(folder + ": " + std::strerror(errno));
  return LeaseLedger(folder);
}

std::string LeaseLedger::PathOf(const std::string& id) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(id.data(), id.size(), digest.data(), &size, EVP_sha256(), nullptr);
  const std::string name = absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), size});
  return absl::StrCat(folder_, "/", name, kSuffix);
}

absl::Status LeaseLedger::Add(const LeaseRecord& record) const {
  const std::string text = EncodeLease(record);
  // Whatever breaks a line in the text would be read back as another lease.
  if (DecodeLease(text) != record) return absl::InvalidArgumentError("a lease that cannot be written down");
  absl::StatusOr<files::Replacement> file = files::Replacement::Prepare(PathOf(record.id), text);
  if (!file.ok()) return file.status();
  return file->Commit();
}

void LeaseLedger::Remove(const std::string& id) const { unlink(PathOf(id).c_str()); }

LeaseLedger::Found LeaseLedger::ReadAll() const {
  Found found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kSuffix) continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (std::optional<LeaseRecord> record = DecodeLease(text)) {
      found.records.push_back(*std::move(record));
    } else {
      found.unreadable.push_back(entry.path().filename());
    }
  }
  return found;
}

}  // namespace postern::relay
