// Coming and going: a credential is tried by asking the gateway whose it is, and kept only if that person may call.
#include <absl/time/clock.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/console/answers.h"
#include "gateway/console/console.h"
#include "gateway/console/cookie.h"
#include "gateway/console/methods.h"
#include "gateway/identity/jose/json.h"

namespace postern::console {
namespace {

// An issuer's token may have 16 KiB.
constexpr size_t kMostBytes = 24 * 1024;

// {"token": "…"}; empty if it is anything else.
mysql::Secret TokenOf(std::string_view body) {
  auto json = jose::ParseObject(body, {.bytes = kMostBytes, .depth = 2, .values = 4});
  if (!json.ok() || jose::TextIn(*json, "token") == nullptr) return {};
  auto& token = (*json)["token"].get_ref<std::string&>();
  mysql::Secret secret(token);
  mysql::WipeString(token);
  return secret;
}

// Metadata of a call is visible ASCII; what is not, is no token.
bool IsHeaderText(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= '\x7f') return false;
  }
  return !text.empty();
}

http::Answer Told(const SignedIn& session) {
  std::string who;
  session.who.SerializeToString(&who);
  auto json = ToJson(*FindMethod("Access/WhoAmI"), who);
  if (!json.ok()) return ErrorAnswer(json.status());
  return JsonAnswer(R"({"signedIn":true,"csrf":")" + session.csrf + R"(","who":)" + *json + "}");
}

}  // namespace

std::string_view Console::CookieOf(const http::RequestHead& head) const {
  return http::CookieValue(head.Header("cookie"), cookie_name_);
}

http::Answer Console::WhoIsSignedIn(const http::RequestHead& head) {
  const auto session = sessions_.Find(CookieOf(head), absl::Now(), true);
  if (session != nullptr) return Told(*session);
  nlohmann::json nobody = {{"signedIn", false}, {"providers", nlohmann::json::array()}};
  for (const Provider& provider : providers_->providers()) nobody["providers"].push_back(provider.name);
  return JsonAnswer(nobody.dump());
}

asio::awaitable<void> Console::SignIn(http::Exchange& exchange) {
  auto body = co_await exchange.ReadBody(kMostBytes);
  if (!body.ok()) {
    co_await Refuse(exchange, body.status());
    co_return;
  }
  mysql::Secret token = TokenOf(*body);
  mysql::WipeString(*body);
  http::Answer answer = co_await SignInWith(std::move(token), exchange.peer(), CookieOf(exchange.head()));
  (void)co_await exchange.Reply(std::move(answer));
}

asio::awaitable<http::Answer> Console::SignInWith(mysql::Secret credential, std::string_view peer,
                                                  std::string_view earlier_cookie) {
  if (!IsHeaderText(credential.Reveal())) co_return ErrorAnswer(absl::InvalidArgumentError("that is no token"));
  const Method whose = *FindMethod("Access/WhoAmI");
  const Caller caller{credential.Reveal(), peer};
  const RpcAnswer answer = co_await rpcs_.Call(whose.path, "", caller);
  if (!answer.status.ok()) co_return ErrorAnswer(StatusOf(answer.status));
  v1::WhoAmIResponse who;
  if (!who.ParseFromString(answer.bytes))
    co_return ErrorAnswer(absl::InternalError("the gateway's answer cannot be read"));
  const absl::Time now = absl::Now();
  const auto cookie = sessions_.Add(std::move(credential), std::move(who), now);
  if (!cookie.ok()) co_return ErrorAnswer(cookie.status());
  // A browser has one session: whoever was signed in with it before is not any more.
  sessions_.Remove(earlier_cookie);
  const auto session = sessions_.Find(*cookie, now, true);
  if (session == nullptr) co_return ErrorAnswer(absl::UnauthenticatedError("this token has just expired"));
  http::Answer told = Told(*session);
  told.headers.push_back(CookieHeader(cookie_name_, *cookie, "Strict", address_.secure));
  co_return told;
}

http::Answer Console::SignOut(const http::RequestHead& head) {
  sessions_.Remove(CookieOf(head));
  http::Answer answer = JsonAnswer(R"({"signedIn":false})");
  answer.headers.push_back(CookieHeader(cookie_name_, "", "Strict", address_.secure));
  return answer;
}

}  // namespace postern::console
