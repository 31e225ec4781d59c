#include "relay-agent/link/catalog_reporter.h"

#include <absl/time/clock.h>
#include <grpcpp/support/sync_stream.h>
#include <mysql.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/observability/log.h"
#include "proto/postern/v1/relay.grpc.pb.h"

namespace postern::relay {
namespace {

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace

CatalogReporter::CatalogReporter(const Target& target, Account& account, CatalogOptions options)
    : target_(target),
      options_(std::move(options)),
      connection_(target_, account, {.role = "catalog", .read_timeout = options_.timeout}),
      thread_([this] { Work(); }) {}

CatalogReporter::~CatalogReporter() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (sending_ != nullptr) sending_->TryCancel();
  }
  connection_.Interrupt();
  wake_.notify_all();
  thread_.join();
}

void CatalogReporter::Want(const std::string& gateway, std::shared_ptr<grpc::Channel> channel,
                           const v1::RefreshCatalog& request) {
  std::lock_guard lock(mutex_);
  gateways_[gateway] = {std::move(channel), request.request(), request.known_digest()};
  wanted_ = true;
  wake_.notify_all();
}

void CatalogReporter::Forget(const std::string& gateway) {
  std::lock_guard lock(mutex_);
  gateways_.erase(gateway);
}

void CatalogReporter::Work() {
  mysql_thread_init();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    if (gateways_.empty()) {
      wake_.wait(lock);
      continue;
    }
    if (!wanted_ && now < next_) {
      wake_.wait_for(lock, absl::ToChronoMilliseconds(next_ - now + absl::Milliseconds(1)));
      continue;
    }
    wanted_ = false;
    const std::map<std::string, Gateway> gateways = gateways_;
    lock.unlock();
    const bool done = ReadAndReport(gateways);
    connection_.Disconnect();
    lock.lock();
    next_ = absl::Now() + (done ? options_.interval : std::min(options_.retry, options_.interval));
  }
  lock.unlock();
  mysql_thread_end();
}

bool CatalogReporter::ReadAndReport(const std::map<std::string, Gateway>& gateways) {
  const absl::Time began = absl::Now();
  absl::StatusOr<SnapshotFile> snapshot = Read();
  if (!snapshot.ok()) {
    log::Warning("schema not read", {{"target", target_.name}, {"error", snapshot.status()}});
    return false;
  }
  if (std::exchange(last_digest_, snapshot->digest()) != last_digest_) {
    log::Info("schema read", {{"target", target_.name},
                              {"items", snapshot->items()},
                              {"bytes", snapshot->bytes()},
                              {"took_ms", absl::ToInt64Milliseconds(absl::Now() - began)}});
  }
  bool all = true;
  for (const auto& [name, gateway] : gateways) {
    v1::CatalogBegin begin;
    begin.set_target(target_.name);
    begin.set_digest(snapshot->digest());
    begin.set_items(snapshot->items());
    begin.set_request(gateway.request);
    begin.set_age_ms(static_cast<uint64_t>(absl::ToInt64Milliseconds(absl::Now() - began)));
    absl::Status reported = Report(gateway, *snapshot, std::move(begin));
    if (reported.ok()) {
      Learned(name, gateway, snapshot->digest());
    } else {
      all = false;
      log::Warning("schema not reported", {{"target", target_.name}, {"gateway", name}, {"error", reported}});
    }
  }
  return all;
}

absl::StatusOr<SnapshotFile> CatalogReporter::Read() {
  absl::StatusOr<SnapshotFile> file = SnapshotFile::Create(options_.folder, options_.limits.snapshot_bytes);
  if (!file.ok()) return file;
  absl::Status read = ReadSnapshot(connection_, options_.limits, *file);
  if (read.ok()) read = file->Finish();
  if (!read.ok()) return read;
  return file;
}

absl::Status CatalogReporter::Report(const Gateway& gateway, SnapshotFile& snapshot, v1::CatalogBegin begin) {
  if (gateway.known_digest == snapshot.digest()) {
    absl::Status told = Send(gateway, nullptr, begin);
    // Otherwise the gateway has lost or replaced what it had.
    if (!absl::IsFailedPrecondition(told)) return told;
  }
  return Send(gateway, &snapshot, begin);
}

// Without a snapshot: that the content is what the gateway has.
absl::Status CatalogReporter::Send(const Gateway& gateway, SnapshotFile* snapshot, const v1::CatalogBegin& begin) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options_.timeout));
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::CancelledError("the relay is stopping");
    sending_ = &context;
  }
  v1::CatalogReceived received;
  const auto stub = v1::RelayLink::NewStub(gateway.channel);
  const auto stream = stub->ReportCatalog(&context, &received);
  v1::CatalogChunk chunk;
  *chunk.mutable_begin() = begin;
  bool open = stream->Write(chunk);
  absl::Status read = snapshot == nullptr ? absl::OkStatus() : snapshot->Rewind();
  while (open && read.ok() && snapshot != nullptr) {
    absl::StatusOr<std::optional<std::string>> items = snapshot->Next();
    read = items.status();
    if (!items.ok() || !items->has_value()) break;
    chunk.set_items(**std::move(items));
    open = stream->Write(chunk);
  }
  // A stream that merely ended would be a snapshot cut short; it is refused, but why let it look like one.
  if (!read.ok()) context.TryCancel();
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  {
    std::lock_guard lock(mutex_);
    sending_ = nullptr;
  }
  return read.ok() ? FromGrpc(status) : read;
}

void CatalogReporter::Learned(const std::string& name, const Gateway& told, const std::string& digest) {
  std::lock_guard lock(mutex_);
  const auto gateway = gateways_.find(name);
  // A gateway that has come back since may have lost what it was told.
  if (gateway != gateways_.end() && gateway->second.channel == told.channel) gateway->second.known_digest = digest;
}

}  // namespace postern::relay
