#include "gateway/frontend/journaling.h"

#include <absl/time/clock.h>

#include <asio/this_coro.hpp>
#include <utility>

#include "common/net/mailbox.h"

namespace postern::frontend {

v1::Record NewRecord(const std::string& session_id) {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  record.set_session_id(session_id);
  return record;
}

asio::awaitable<absl::Status> Record(recording::Journal& journal, v1::Record record) {
  net::Mailbox<absl::Status> done(co_await asio::this_coro::executor);
  journal.Append(record, [&done](absl::Status status) { done.Put(std::move(status)); });
  co_return co_await done.Take();
}

void RecordLater(recording::Journal& journal, const v1::Record& record) {
  journal.Append(record, [](const absl::Status&) {});
}

}  // namespace postern::frontend
