#include "gateway/catalog/incoming_catalog.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <utility>

namespace postern::catalog {

void IncomingSnapshot::FreeHash::operator()(EVP_MD_CTX* hash) const { EVP_MD_CTX_free(hash); }

IncomingSnapshot::IncomingSnapshot(v1::CatalogBegin begin, CatalogLimits limits, TakeOver take_over)
    : begin_(std::move(begin)), take_over_(std::move(take_over)), builder_(limits), hash_(EVP_MD_CTX_new()) {
  if (hash_ == nullptr || EVP_DigestInit_ex(hash_.get(), EVP_sha256(), nullptr) != 1) std::abort();
}

absl::Status IncomingSnapshot::Add(const std::string& items) {
  v1::CatalogItems parsed;
  if (items.empty() || !parsed.ParseFromString(items)) return absl::InvalidArgumentError("not a snapshot: no items");
  if (EVP_DigestUpdate(hash_.get(), items.data(), items.size()) != 1) std::abort();
  items_ += static_cast<uint64_t>(parsed.items_size());
  if (items_ > begin_.items()) return absl::InvalidArgumentError("not a snapshot: more items than it said");
  for (const v1::CatalogItem& item : parsed.items()) {
    if (absl::Status added = builder_.Add(item); !added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CatalogReceived> IncomingSnapshot::Finish() {
  if (items_ == 0) return take_over_(nullptr);
  if (items_ != begin_.items()) return absl::DataLossError("a snapshot that was cut short");
  if (Digest() != begin_.digest()) return absl::DataLossError("a snapshot that is not what it said");
  absl::StatusOr<std::shared_ptr<Catalog>> catalog = builder_.Finish(begin_.digest());
  if (!catalog.ok()) return catalog.status();
  return take_over_(*std::move(catalog));
}

std::string IncomingSnapshot::Digest() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(hash_.get(), digest, &size) != 1) std::abort();
  return {reinterpret_cast<const char*>(digest), size};
}

}  // namespace postern::catalog
