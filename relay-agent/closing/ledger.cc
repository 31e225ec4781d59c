#include "relay-agent/closing/ledger.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

namespace postern::relay {
namespace {

constexpr size_t kMaxSessionIdBytes = 64;
constexpr std::string_view kSuffix = ".door";

bool WriteWhole(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const ssize_t written = write(fd, text.data(), text.size());
  return close(fd) == 0 && written == static_cast<ssize_t>(text.size());
}

bool OneLine(const std::string& text) { return text.find('\n') == std::string::npos; }

}  // namespace

bool IsSessionId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSessionIdBytes && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-';
  });
}

//   door 1
//   session ses_01J…
//   target orders-prod
//   account orders-bot
//   user postern
//   gateway gateway.example.com:8443
//   thread 4711
//   server db1/3306/1
//   opened 1760000000000
std::string EncodeRecord(const DoorRecord& record) {
  return absl::StrCat("door 1\nsession ", record.session_id, "\ntarget ", record.target, "\naccount ", record.account,
                      "\nuser ", record.user, "\ngateway ", record.gateway,
                      "\nthread ", record.thread_id, "\nserver ", record.server_identity, "\nopened ",
                      absl::ToUnixMillis(record.opened_at), "\n");
}

std::optional<DoorRecord> DecodeRecord(const std::string& text) {
  std::map<std::string, std::string> fields;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> field = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    fields.insert(field);
  }
  DoorRecord record{fields["session"], fields["target"], fields["account"], fields["user"], fields["gateway"], 0, fields["server"], {}};
  int64_t opened_ms = 0;
  if (fields["door"] != "1" || !IsSessionId(record.session_id) || record.target.empty() ||
      !absl::SimpleAtoi(fields["thread"], &record.thread_id) || !absl::SimpleAtoi(fields["opened"], &opened_ms)) {
    return std::nullopt;
  }
  record.opened_at = absl::FromUnixMillis(opened_ms);
  return record;
}

absl::StatusOr<Ledger> Ledger::Open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return absl::FailedPreconditionError(folder + ": " + error.message());
  if (access(folder.c_str(), W_OK) != 0) return absl::FailedPreconditionError(folder + ": " + std::strerror(errno));
  absl::StatusOr<std::unique_ptr<files::FolderLock>> lock = files::FolderLock::Take(folder);
  if (!lock.ok()) return absl::FailedPreconditionError(lock.status().message());
  return Ledger(folder, *std::move(lock));
}

std::string Ledger::PathOf(const std::string& session_id, uint64_t thread_id) const {
  return absl::StrCat(folder_, "/", session_id, ".", thread_id, std::string(kSuffix));
}

absl::Status Ledger::Add(const DoorRecord& record) const {
  if (!IsSessionId(record.session_id) || !OneLine(record.target) || !OneLine(record.account) || !OneLine(record.user) || !OneLine(record.gateway) ||
      !OneLine(record.server_identity)) {
    return absl::InvalidArgumentError("a door that cannot be written down");
  }
  const std::string path = PathOf(record.session_id, record.thread_id);
  const std::string unfinished = path + ".new";
  if (WriteWhole(unfinished, EncodeRecord(record)) && std::rename(unfinished.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  const std::string reason = std::strerror(errno);
  unlink(unfinished.c_str());
  return absl::InternalError("the ledger of doors cannot be written: " + reason);
}

void Ledger::Remove(const std::string& session_id, uint64_t thread_id) const {
  if (IsSessionId(session_id)) unlink(PathOf(session_id, thread_id).c_str());
}

Ledger::Found Ledger::ReadAll() const {
  Found found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kSuffix) continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (std::optional<DoorRecord> record = DecodeRecord(text)) {
      found.records.push_back(*std::move(record));
    } else {
      found.unreadable.push_back(entry.path().filename());
    }
  }
  return found;
}

}  // namespace postern::relay
