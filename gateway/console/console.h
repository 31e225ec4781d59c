// The web console: pages for reviewers and auditors, served by the gateway over HTTP.
//
// It knows no data of its own. A browser signs in with a credential, which stays here; whatever its pages show or do is
// an RPC of the gateway's, called with that credential. Start, Stop and port() are called from one thread.
#ifndef POSTERN_GATEWAY_CONSOLE_CONSOLE_H_
#define POSTERN_GATEWAY_CONSOLE_CONSOLE_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/channel.h>

#include <asio/awaitable.hpp>
#include <asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/http/server/server.h"
#include "gateway/api/workers.h"
#include "gateway/console/address.h"
#include "gateway/console/methods.h"
#include "gateway/console/options.h"
#include "gateway/console/provider_sign_in.h"
#include "gateway/console/rpcs.h"
#include "gateway/console/session_table.h"

namespace postern::console {

class Console final : public http::Handler {
 public:
  using TlsSource = std::function<std::shared_ptr<asio::ssl::context>()>;

  // Listens when this returns. REQUIRES: `channel` leads into this process and outlives the console; `tls` gives the
  // context for a new connection, null when the options want none.
  static absl::StatusOr<std::unique_ptr<Console>> Start(const Options& options, std::shared_ptr<grpc::Channel> channel,
                                                        TlsSource tls);
  ~Console() override;

  // Ends every connection and waits for what is under way. Idempotent.
  void Stop();

  uint16_t port() const { return server_.port(); }
  // Where browsers find it.
  const std::string& origin() const { return address_.origin; }

  asio::awaitable<void> Serve(http::Exchange& exchange) override;

 private:
  Console(const Options& options, std::shared_ptr<grpc::Channel> channel, TlsSource tls);

  // console.cc
  asio::awaitable<http::Answer> Get(http::Exchange& exchange);
  asio::awaitable<void> Post(http::Exchange& exchange);
  asio::awaitable<void> PostInSession(http::Exchange& exchange);
  asio::awaitable<void> Refuse(http::Exchange& exchange, absl::Status why);

  // sign_in.cc
  asio::awaitable<void> SignIn(http::Exchange& exchange);
  asio::awaitable<http::Answer> SignInWith(mysql::Secret credential, std::string_view peer,
                                           std::string_view earlier_cookie);
  http::Answer SignOut(const http::RequestHead& head);
  http::Answer WhoIsSignedIn(const http::RequestHead& head);
  std::string_view CookieOf(const http::RequestHead& head) const;

  // provider.cc
  asio::awaitable<http::Answer> GoToProvider(http::Exchange& exchange);
  asio::awaitable<http::Answer> ReturnFromProvider(http::Exchange& exchange);

  // call_rpc.cc
  asio::awaitable<void> CallRpc(http::Exchange& exchange, std::shared_ptr<const SignedIn> session);
  asio::awaitable<http::Answer> CallOnce(http::Exchange& exchange, const SignedIn& session, const Method& method,
                                         std::string request);
  asio::awaitable<void> CallStream(http::Exchange& exchange, const SignedIn& session, const Method& method,
                                   std::string request);
  bool StillSignedIn(const http::RequestHead& head);

  Address address_;
  std::string cookie_name_;
  SessionTable sessions_;
  Rpcs rpcs_;
  std::unique_ptr<ProviderSignIn> providers_;
  // For what blocks: questions to providers.
  api::Workers workers_{2, 64};
  http::Server server_;
};

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_CONSOLE_H_
