// Where the schemas that relays report go.
#ifndef POSTERN_GATEWAY_TUNNEL_CATALOG_SINK_H_
#define POSTERN_GATEWAY_TUNNEL_CATALOG_SINK_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "proto/postern/v1/relay.pb.h"

namespace postern::tunnel {

// One snapshot on its way. Used by one thread at a time; destroyed unfinished, it never was.
class IncomingCatalog {
 public:
  virtual ~IncomingCatalog() = default;
  // The bytes of a CatalogItems.
  virtual absl::Status Add(const std::string& items) = 0;
  // After the last: whole, or an error and nothing has changed.
  virtual absl::StatusOr<v1::CatalogReceived> Finish() = 0;
};

// Thread-safe; outlives the streams.
class CatalogSink {
 public:
  virtual ~CatalogSink() = default;
  // What to ask a relay for: a snapshot as new as the newest wish.
  virtual v1::RefreshCatalog Wish(const std::string& target) const = 0;
  // REQUIRES: the relay may serve the target.
  virtual absl::StatusOr<std::unique_ptr<IncomingCatalog>> Begin(const std::string& relay,
                                                                 const v1::CatalogBegin& begin) = 0;
  // A snapshot of the target was not taken over.
  virtual void Failed(const std::string& relay, const std::string& target, const absl::Status& why) = 0;
};

}  // namespace postern::tunnel

#endif  // POSTERN_GATEWAY_TUNNEL_CATALOG_SINK_H_
