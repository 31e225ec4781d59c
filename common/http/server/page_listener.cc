#include "common/http/server/page_listener.h"

#include <utility>

#include "common/http/server/exchange.h"
#include "common/http/server/server.h"

namespace postern::http {
namespace {

constexpr size_t kConnections = 32;

Answer Plain(Page page) {
  return {page.status, {{"Content-Type", std::move(page.type)}, {"Cache-Control", "no-store"}}, std::move(page.text)};
}

}  // namespace

struct PageListener::Impl final : public Handler {
  explicit Impl(Pages the_pages) : pages(std::move(the_pages)), server({.threads = 1, .connections = kConnections}, *this) {}

  asio::awaitable<void> Serve(Exchange& exchange) override {
    const auto page = exchange.head().method == "GET" ? pages.find(exchange.head().path) : pages.end();
    Answer answer = page == pages.end() ? Plain({.status = 404, .text = "there is no such page\n"}) : Plain(page->second());
    (void)co_await exchange.Reply(std::move(answer));
  }

  const Pages pages;
  Server server;
};

absl::StatusOr<std::unique_ptr<PageListener>> PageListener::Start(const std::string& host, uint16_t port, Pages pages) {
  auto impl = std::make_unique<Impl>(std::move(pages));
  if (absl::Status bound = impl->server.Listen(host, port); !bound.ok()) return bound;
  impl->server.Start();
  return std::unique_ptr<PageListener>(new PageListener(std::move(impl)));
}

PageListener::PageListener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PageListener::~PageListener() { impl_->server.Stop(); }

uint16_t PageListener::port() const { return impl_->server.port(); }

}  // namespace postern::http
