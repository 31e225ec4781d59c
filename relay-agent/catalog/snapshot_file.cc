#include "relay-agent/catalog/snapshot_file.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace postern::relay {
namespace {

// A chunk may have 64 KiB; what comes last may go over this by an item, of which none is larger than 20 KiB.
constexpr size_t kFlushBytes = 40 * 1024;
constexpr size_t kItemOverhead = 6;  // its tag and length in CatalogItems

absl::Status DiskFailed() { return absl::ResourceExhaustedError("the relay cannot write a snapshot to its state_dir"); }

}  // namespace

void SnapshotFile::FreeHash::operator()(EVP_MD_CTX* hash) const { EVP_MD_CTX_free(hash); }

SnapshotFile::SnapshotFile(std::FILE* file, size_t max_bytes)
    : file_(file), hash_(EVP_MD_CTX_new()), max_bytes_(max_bytes) {
  if (hash_ == nullptr || EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr) != 1) std::abort();
}

absl::StatusOr<SnapshotFile> SnapshotFile::Create(const std::string& folder, size_t max_bytes) {
  std::string name = folder + "/snapshot-XXXXXX";
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) return DiskFailed();
  unlink(name.c_str());
  std::FILE* file = fdopen(descriptor, "w+b");
  if (file == nullptr) {
    close(descriptor);
    return DiskFailed();
  }
  return SnapshotFile(file, max_bytes);
}

absl::Status SnapshotFile::Add(v1::CatalogItem item) {
  waiting_bytes_ += item.ByteSizeLong() + kItemOverhead;
  *waiting_.add_items() = std::move(item);
  ++items_;
  return waiting_bytes_ < kFlushBytes ? absl::OkStatus() : Flush();
}

// On disk: length of the serialised items (4 bytes, as this machine writes them), items.
absl::Status SnapshotFile::Flush() {
  if (waiting_.items_size() == 0) return absl::OkStatus();
  const std::string text = waiting_.SerializeAsString();
  waiting_.Clear();
  waiting_bytes_ = 0;
  bytes_ += text.size();
  if (bytes_ > max_bytes_) return absl::ResourceExhaustedError("the schema is larger than limits.catalog_bytes");
  if (EVP_DigestUpdate(hash_.get(), text.data(), text.size()) != 1) std::abort();
  const auto size = static_cast<uint32_t>(text.size());
  if (std::fwrite(&size, sizeof size, 1, file_.get()) != 1 ||
      std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) {
    return DiskFailed();
  }
  return absl::OkStatus();
}

absl::Status SnapshotFile::Finish() {
  if (absl::Status flushed = Flush(); !flushed.ok()) return flushed;
  if (std::fflush(file_.get()) != 0) return DiskFailed();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(hash_.get(), digest, &size) != 1) std::abort();
  digest_.assign(reinterpret_cast<const char*>(digest), size);
  return absl::OkStatus();
}

absl::Status SnapshotFile::Rewind() {
  return std::fseek(file_.get(), 0, SEEK_SET) == 0 ? absl::OkStatus()
                                                   : absl::DataLossError("a snapshot cannot be read again");
}

absl::StatusOr<std::optional<std::string>> SnapshotFile::Next() {
  uint32_t size = 0;
  if (std::fread(&size, sizeof size, 1, file_.get()) != 1) {
    if (std::feof(file_.get()) != 0) return std::nullopt;
    return absl::DataLossError("a snapshot cannot be read again");
  }
  std::string text(size, '\0');
  if (std::fread(text.data(), 1, size, file_.get()) != size)
    return absl::DataLossError("a snapshot cannot be read again");
  return text;
}

}  // namespace postern::relay
