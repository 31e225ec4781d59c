#include "gateway/tunnel/catalog_stream.h"

#include <absl/time/clock.h>

#include <utility>

namespace postern::tunnel {
namespace {

constexpr size_t kMaxChunkBytes = 64 * 1024;

}  // namespace

CatalogStream::CatalogStream(std::string relay, v1::CatalogReceived* answer, Admit admit, Failed failed)
    : relay_(std::move(relay)),
      started_at_(absl::Now()),
      answer_(answer),
      admit_(std::move(admit)),
      failed_(std::move(failed)) {}

std::shared_ptr<CatalogStream> CatalogStream::Start(std::string relay, v1::CatalogReceived* answer, Admit admit,
                                                    Failed failed) {
  std::shared_ptr<CatalogStream> stream(
      new CatalogStream(std::move(relay), answer, std::move(admit), std::move(failed)));
  stream->self_ = stream;
  stream->StartRead(&stream->incoming_);
  return stream;
}

void CatalogStream::OnReadDone(bool ok) {
  // The end of what the relay had to say, or of the relay: what is missing then shows in the digest.
  if (!ok) return Conclude();
  if (absl::Status taken = Take(); !taken.ok()) return EndFailed(taken);
  std::lock_guard lock(mutex_);
  if (!ended_) StartRead(&incoming_);
}

absl::Status CatalogStream::Take() {
  if (incoming_.ByteSizeLong() > kMaxChunkBytes) return absl::InvalidArgumentError("a chunk is larger than agreed");
  if (incoming_.has_begin() == (catalog_ != nullptr))
    return absl::InvalidArgumentError("CatalogBegin comes first, and once");
  if (catalog_ != nullptr) return catalog_->Add(incoming_.items());
  absl::StatusOr<std::unique_ptr<IncomingCatalog>> admitted = admit_(self_, incoming_.begin());
  if (!admitted.ok()) return admitted.status();
  target_ = incoming_.begin().target();
  catalog_ = *std::move(admitted);
  return absl::OkStatus();
}

void CatalogStream::Conclude() {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
  }
  if (catalog_ == nullptr) return End(absl::InvalidArgumentError("CatalogBegin comes first, and once"));
  absl::StatusOr<v1::CatalogReceived> received = catalog_->Finish();
  if (!received.ok()) return EndFailed(received.status());
  std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  *answer_ = *std::move(received);
  Finish(grpc::Status::OK);
}

void CatalogStream::EndFailed(const absl::Status& why) {
  if (!target_.empty()) failed_(*this, why);
  End(why);
}

void CatalogStream::End(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  Finish(grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message())));
}

void CatalogStream::OnDone() { const std::shared_ptr<CatalogStream> self = std::move(self_); }

}  // namespace postern::tunnel
