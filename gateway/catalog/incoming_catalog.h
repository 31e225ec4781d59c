// One snapshot as it comes in: hashed, counted, built, and handed over only if all of it was there.
#ifndef POSTERN_GATEWAY_CATALOG_INCOMING_CATALOG_H_
#define POSTERN_GATEWAY_CATALOG_INCOMING_CATALOG_H_

#include <absl/functional/any_invocable.h>
#include <openssl/types.h>

#include <memory>
#include <string>

#include "gateway/catalog/catalog_builder.h"
#include "gateway/tunnel/catalog_sink.h"

namespace postern::catalog {

class IncomingSnapshot final : public tunnel::IncomingCatalog {
 public:
  // Takes the finished catalog, or null when the relay sent none because the content is known.
  using TakeOver = absl::AnyInvocable<absl::StatusOr<v1::CatalogReceived>(std::shared_ptr<Catalog>)>;

  IncomingSnapshot(v1::CatalogBegin begin, CatalogLimits limits, TakeOver take_over);

  absl::Status Add(const std::string& items) override;
  absl::StatusOr<v1::CatalogReceived> Finish() override;

 private:
  struct FreeHash {
    void operator()(EVP_MD_CTX* hash) const;
  };

  std::string Digest();

  const v1::CatalogBegin begin_;
  TakeOver take_over_;
  CatalogBuilder builder_;
  uint64_t items_ = 0;
  std::unique_ptr<EVP_MD_CTX, FreeHash> hash_;
};

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_INCOMING_CATALOG_H_
