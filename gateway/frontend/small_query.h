// One query of the gateway's own over a door, its result small and kept whole, under masks.
#ifndef POSTERN_GATEWAY_FRONTEND_SMALL_QUERY_H_
#define POSTERN_GATEWAY_FRONTEND_SMALL_QUERY_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <asio/awaitable.hpp>
#include <string>
#include <vector>

#include "common/mysql/capabilities.h"
#include "gateway/masking/result_masker.h"
#include "gateway/tunnel/door.h"
#include "proto/postern/v1/approval.pb.h"

namespace postern::frontend {

// What a door for small queries is opened with: the plainest layout that every server has.
mysql::Capabilities CapabilitiesForSmallQueries();

struct SmallResult {
  std::vector<std::string> columns;
  std::vector<v1::PreviewRow> rows;  // values cut at 1 KiB
  uint64_t bytes = 0;
};

// What comes back beyond a few hundred rows or 1 MiB is an error, as is an error of the server or a result that `judge`
// withholds. `judge` lives until this completes. The door's Close ends it early.
asio::awaitable<absl::StatusOr<SmallResult>> AskSmall(tunnel::Door& door, masking::ResultJudge& judge, std::string sql);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_SMALL_QUERY_H_
