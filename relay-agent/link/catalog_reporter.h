// Keeps the gateways told of one target's schema: reads it when one of them asks and from time to time, and sends it to
// those that do not have that content yet.
//
// A thread and a database connection of its own, because a reading may last as long as the schema is large, and proofs
// of close must not wait for it; the connection is closed after each reading. Thread-safe.
#ifndef POSTERN_RELAY_AGENT_LINK_CATALOG_REPORTER_H_
#define POSTERN_RELAY_AGENT_LINK_CATALOG_REPORTER_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "proto/postern/v1/relay.pb.h"
#include "relay-agent/catalog/snapshot.h"
#include "relay-agent/closing/second_connection.h"
#include "relay-agent/mysql/target.h"

namespace postern::relay {

struct CatalogOptions {
  std::string folder = "/tmp";  // for what waits to be sent; a file there has no name
  absl::Duration interval = absl::Minutes(5);
  // After a reading or a report that failed.
  absl::Duration retry = absl::Seconds(15);
  // The longest the server may say nothing during a reading, and the longest a report may take.
  absl::Duration timeout = absl::Minutes(2);
  SnapshotLimits limits;
};

class CatalogReporter {
 public:
  CatalogReporter(const Target& target, Account& account, CatalogOptions options);
  // Cuts off a reading or a report that is under way.
  ~CatalogReporter();
  CatalogReporter(const CatalogReporter&) = delete;
  CatalogReporter& operator=(const CatalogReporter&) = delete;

  // A gateway asks: a reading begins after this, and its report says so. Until Forget the gateway is told of changes
  // too.
  void Want(const std::string& gateway, std::shared_ptr<grpc::Channel> channel, const v1::RefreshCatalog& request);
  void Forget(const std::string& gateway);

 private:
  struct Gateway {
    std::shared_ptr<grpc::Channel> channel;
    uint64_t request = 0;
    std::string known_digest;
  };

  void Work();
  // False when something is to be tried again soon.
  bool ReadAndReport(const std::map<std::string, Gateway>& gateways);
  absl::StatusOr<SnapshotFile> Read();
  absl::Status Report(const Gateway& gateway, SnapshotFile& snapshot, v1::CatalogBegin begin);
  absl::Status Send(const Gateway& gateway, SnapshotFile* snapshot, const v1::CatalogBegin& begin);
  void Learned(const std::string& name, const Gateway& told, const std::string& digest);

  const Target& target_;
  const CatalogOptions options_;
  SecondConnection connection_;
  std::string last_digest_;  // the thread's alone

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool wanted_ = false;
  absl::Time next_;
  std::map<std::string, Gateway> gateways_;
  grpc::ClientContext* sending_ = nullptr;
  std::thread thread_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_CATALOG_REPORTER_H_
