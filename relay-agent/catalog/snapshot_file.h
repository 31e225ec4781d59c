// A snapshot between the database and the gateways: on disk, so that a schema of any size takes little memory, is read
// once for all gateways, and is not sent where it is known.
//
// The file has no name and is gone with its owner. One thread at a time.
#ifndef POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_FILE_H_
#define POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_FILE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <openssl/types.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "proto/postern/v1/relay.pb.h"

namespace postern::relay {

class SnapshotFile {
 public:
  // In `folder`. RESOURCE_EXHAUSTED from Add when there is more than `max_bytes`, or the disk is full.
  static absl::StatusOr<SnapshotFile> Create(const std::string& folder, size_t max_bytes);

  // Writing: items in their order, then Finish.
  absl::Status Add(v1::CatalogItem item);
  absl::Status Finish();

  // REQUIRES: finished.
  const std::string& digest() const { return digest_; }
  uint64_t items() const { return items_; }
  size_t bytes() const { return bytes_; }

  // Reading, any number of times: each call gives the next serialised CatalogItems, none at the end.
  absl::Status Rewind();
  absl::StatusOr<std::optional<std::string>> Next();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct FreeHash {
    void operator()(EVP_MD_CTX* hash) const;
  };

  SnapshotFile(std::FILE* file, size_t max_bytes);
  absl::Status Flush();

  std::unique_ptr<std::FILE, CloseFile> file_;
  std::unique_ptr<EVP_MD_CTX, FreeHash> hash_;
  size_t max_bytes_;
  size_t bytes_ = 0;
  uint64_t items_ = 0;
  std::string digest_;
  v1::CatalogItems waiting_;
  size_t waiting_bytes_ = 0;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_CATALOG_SNAPSHOT_FILE_H_
