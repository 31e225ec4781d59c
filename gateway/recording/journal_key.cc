#include "gateway/recording/journal_key.h"

#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "common/files/replace_file.h"
#include "common/observability/log.h"
#include "gateway/recording/verify/signed_records.h"

namespace postern::recording {
namespace {

absl::Status Write(const std::filesystem::path& file, std::string_view text) {
  auto written = files::Replacement::Prepare(file, text);
  return written.ok() ? written->Commit() : written.status();
}

absl::Status WritePrivate(const std::filesystem::path& file, const SigningKey& key) {
  std::string pem = key.Pem();
  absl::Status written = Write(file, pem);
  OPENSSL_cleanse(pem.data(), pem.size());
  return written;
}

absl::StatusOr<SigningKey> Read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return absl::FailedPreconditionError(absl::StrCat(file.string(), " cannot be read"));
  std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto key = SigningKey::FromPem(pem);
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!key.ok()) return absl::FailedPreconditionError(absl::StrCat(file.string(), ": ", key.status().message()));
  return key;
}

std::filesystem::path NextOf(const std::filesystem::path& file) { return file.string() + ".next"; }

bool Exists(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const SigningKey>> LoadJournalKey(const std::filesystem::path& file,
                                                                 const std::filesystem::path& public_file) {
  if (!Exists(file)) {
    if (absl::Status made = WritePrivate(file, SigningKey::Generate()); !made.ok()) return made;
  }
  auto key = Read(file);
  if (!key.ok()) return key.status();
  if (absl::Status written = Write(public_file, PublicKeyPem(key->public_key())); !written.ok()) return written;
  return std::make_shared<const SigningKey>(*std::move(key));
}

absl::Status PrepareNextKey(const std::filesystem::path& file) {
  return WritePrivate(NextOf(file), SigningKey::Generate());
}

absl::Status FinishRotation(const std::filesystem::path& file, JournalOptions options) {
  if (!Exists(NextOf(file))) return absl::OkStatus();
  auto next = Read(NextOf(file));
  if (!next.ok()) return next.status();
  auto old = Read(file);
  if (!old.ok()) return old.status();
  options.checkpoints.key = std::make_shared<const SigningKey>(*std::move(old));
  const std::shared_ptr<const SigningKey> old_key = options.checkpoints.key;
  {
    auto journal = FileJournal::Open(std::move(options));
    if (!journal.ok()) return journal.status();
    absl::Status recorded = AppendAndWait(**journal, SuccessorRecord(*old_key, next->public_key()));
    if (!recorded.ok()) return recorded;
  }
  // Durable in the journal; from here on the next key signs.
  if (absl::Status written = WritePrivate(file, *next); !written.ok()) return written;
  std::error_code error;
  std::filesystem::remove(NextOf(file), error);
  log::Info("another key signs the journal",
            {{"old", Fingerprint(old_key->public_key())}, {"new", Fingerprint(next->public_key())}});
  return error ? absl::UnavailableError(absl::StrCat("remove ", NextOf(file).string(), ": ", error.message())) : absl::OkStatus();
}

}  // namespace postern::recording
