// To an OpenID provider's pages and back.
#include <absl/strings/numbers.h>
#include <absl/time/clock.h>

#include <asio/this_coro.hpp>
#include <utility>

#include "common/net/mailbox.h"
#include "common/observability/log.h"
#include "gateway/console/answers.h"
#include "gateway/console/console.h"
#include "gateway/console/cookie.h"

namespace postern::console {
namespace {

// Where the page says that it did not work; why is in the log, and no stranger's words are on the page.
constexpr char kFailedPage[] = "/#/sign-in-failed";

// Runs on a worker's thread what blocks. RESOURCE_EXHAUSTED when too much waits there already.
template <class Result, class Work>
asio::awaitable<absl::StatusOr<Result>> Away(api::Workers& workers, Work work) {
  net::Mailbox<absl::StatusOr<Result>> done(co_await asio::this_coro::executor);
  api::Workers::Task task = [&done, &work] { done.Put(work()); };
  if (!workers.Post(task)) co_return absl::ResourceExhaustedError("too many people are signing in; try again");
  absl::StatusOr<Result> result = co_await done.Take();
  co_return result;
}

http::Answer Failed(const absl::Status& why) {
  log::Warning("signing in to the console with a provider failed", {{"why", why}});
  return Redirect(303, kFailedPage);
}

}  // namespace

asio::awaitable<http::Answer> Console::GoToProvider(http::Exchange& exchange) {
  size_t number = 0;
  if (!absl::SimpleAtoi(exchange.head().path.substr(sizeof(kDeparturePath) - 1), &number))
    co_return ErrorAnswer(absl::NotFoundError("there is no such page"));
  auto begin = [this, number] { return providers_->Begin(number, absl::Now()); };
  const auto departure = co_await Away<ProviderSignIn::Departure>(workers_, std::move(begin));
  if (!departure.ok()) co_return Failed(departure.status());
  http::Answer answer = Redirect(303, departure->location);
  answer.headers.push_back(CookieHeader(cookie_name_ + "-state", departure->state, "Lax", address_.secure));
  co_return answer;
}

asio::awaitable<http::Answer> Console::ReturnFromProvider(http::Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  const std::string state(http::CookieValue(head.Header("cookie"), cookie_name_ + "-state"));
  auto finish = [this, &head, &state] { return providers_->Finish(head.query, state, absl::Now()); };
  auto credential = co_await Away<mysql::Secret>(workers_, std::move(finish));
  if (!credential.ok()) co_return Failed(credential.status());
  const http::Answer told = co_await SignInWith(*std::move(credential), exchange.peer(), CookieOf(head));
  if (told.status != 200)
    co_return Failed(absl::PermissionDeniedError("the gateway does not let this person in: " + told.body));
  http::Answer answer = Redirect(303, "/");
  for (const auto& header : told.headers) {
    if (header.first == "Set-Cookie") answer.headers.push_back(header);
  }
  answer.headers.push_back(CookieHeader(cookie_name_ + "-state", "", "Lax", address_.secure));
  co_return answer;
}

}  // namespace postern::console
