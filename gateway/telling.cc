#include "gateway/telling.h"

#include <absl/strings/str_cat.h>

#include <filesystem>
#include <string_view>

#include "gateway/console/address.h"

namespace postern {
namespace {

std::string_view Word(notify::Tried tried) {
  switch (tried) {
    case notify::Tried::kDelivered: return "delivered";
    case notify::Tried::kFailed: return "failed";
    case notify::Tried::kDead: return "dead";
  }
  return "";
}

// As browsers are to be sent there; empty without a console.
std::string ConsoleAddress(const config::GatewayConfig& config) {
  if (!config.console) return "";
  const console::Options& console = *config.console;
  if (console.url.empty()) return absl::StrCat(console.plain() ? "http://" : "https://", console.listen.ToString());
  const auto address = console::ParseAddress(console.url);
  return address ? address->origin : "";
}

}  // namespace

std::unique_ptr<notify::Notifier> MakeNotifier(const config::GatewayConfig& config, metrics::Metrics& metrics) {
  if (config.webhooks.empty()) return nullptr;
  for (const notify::Webhook& webhook : config.webhooks) metrics.ExpectWebhook(webhook.name);
  return std::make_unique<notify::Notifier>(notify::NotifierOptions{
      .webhooks = config.webhooks,
      .console = ConsoleAddress(config),
      .dead_letters = std::filesystem::path(config.data_dir) / "webhooks-dead.jsonl",
      .tried = [&metrics](const std::string& webhook, notify::Tried tried) { metrics.WebhookTried(webhook, Word(tried)); }});
}

absl::StatusOr<std::unique_ptr<stream::JournalStream>> StartStream(const config::GatewayConfig& config, const recording::FileJournal& journal) {
  if (!config.stream) return nullptr;
  return stream::JournalStream::Start({.journal = journal.folder(),
                                       .durable_end = [&journal] { return journal.durable_end(); },
                                       .progress = std::filesystem::path(config.data_dir) / "stream.progress",
                                       .sink = stream::MakeSink(*config.stream)});
}

void Describe(const notify::Notifier* notifier, const stream::JournalStream* stream, metrics::Now& now) {
  if (notifier != nullptr) now.webhooks_waiting = notifier->Waiting();
  if (stream == nullptr) return;
  const stream::StreamState state = stream->state();
  now.stream = metrics::StreamNow{.records = state.records, .failures = state.failures, .gaps = state.gaps, .lag = state.lag};
}

}  // namespace postern
