// The gateway's end of one ReportCatalog stream. Keeps itself alive until gRPC is done with it; works on gRPC's
// threads.
#ifndef POSTERN_GATEWAY_TUNNEL_CATALOG_STREAM_H_
#define POSTERN_GATEWAY_TUNNEL_CATALOG_STREAM_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/tunnel/catalog_sink.h"
#include "proto/postern/v1/relay.pb.h"

namespace postern::tunnel {

class CatalogStream : public grpc::ServerReadReactor<v1::CatalogChunk> {
 public:
  // Says whether this relay may report that target, and where to.
  using Admit = std::function<absl::StatusOr<std::unique_ptr<IncomingCatalog>>(const std::shared_ptr<CatalogStream>&,
                                                                               const v1::CatalogBegin&)>;
  using Failed = std::function<void(const CatalogStream&, const absl::Status&)>;

  static std::shared_ptr<CatalogStream> Start(std::string relay, v1::CatalogReceived* answer, Admit admit,
                                              Failed failed);

  const std::string& relay() const { return relay_; }
  // Of what was begun; empty before that. REQUIRES: called from Admit or Failed.
  const std::string& target() const { return target_; }
  absl::Time started_at() const { return started_at_; }

  // Thread-safe; the first call counts.
  void End(const absl::Status& status);

 private:
  CatalogStream(std::string relay, v1::CatalogReceived* answer, Admit admit, Failed failed);

  void OnReadDone(bool ok) override;
  void OnDone() override;
  absl::Status Take();
  void Conclude();
  void EndFailed(const absl::Status& why);

  const std::string relay_;
  const absl::Time started_at_;
  v1::CatalogReceived* const answer_;
  const Admit admit_;
  const Failed failed_;
  v1::CatalogChunk incoming_;
  std::string target_;
  std::unique_ptr<IncomingCatalog> catalog_;
  std::mutex mutex_;
  bool ended_ = false;
  std::shared_ptr<CatalogStream> self_;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_CATALOG_STREAM_H_
