// Catalogs::WhenFresh for a session's coroutine.
#ifndef POSTERN_GATEWAY_CATALOG_AWAIT_FRESH_H_
#define POSTERN_GATEWAY_CATALOG_AWAIT_FRESH_H_

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "common/net/mailbox.h"
#include "gateway/catalog/catalogs.h"

namespace postern::catalog {

// The catalog as of the ticket or later; DEADLINE_EXCEEDED after `patience`. REQUIRES: `catalogs` outlives the
// coroutine.
inline asio::awaitable<absl::StatusOr<CatalogPtr>> AwaitFresh(Catalogs& catalogs, std::string target, uint64_t ticket,
                                                              absl::Duration patience) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto answers = std::make_shared<net::Mailbox<absl::StatusOr<CatalogPtr>>>(executor);
  const uint64_t waiter = catalogs.WhenFresh(
      target, ticket, [answers](absl::StatusOr<CatalogPtr> answer) { answers->Put(std::move(answer)); });
  asio::steady_timer timer(executor, absl::ToChronoNanoseconds(patience));
  timer.async_wait([answers](const asio::error_code& cancelled) {
    if (!cancelled) answers->Put(absl::DeadlineExceededError("the schema did not come in time"));
  });
  absl::StatusOr<CatalogPtr> answer = co_await answers->Take();
  catalogs.Forget(waiter);
  co_return answer;
}

}  // namespace postern::catalog

#endif  // POSTERN_GATEWAY_CATALOG_AWAIT_FRESH_H_
