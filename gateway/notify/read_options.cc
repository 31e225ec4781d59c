#include "gateway/notify/read_options.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/http/client.h"
#include "gateway/notify/secret_file.h"

namespace postern::notify {
namespace {

constexpr size_t kMostWebhooks = 32;
constexpr size_t kMostNameBytes = 64;
constexpr config::Range<absl::Duration> kPatience = {absl::Seconds(1), absl::Hours(24)};

constexpr char kWantedUrl[] = "expected an https URL without user and fragment";

const std::vector<std::pair<std::string_view, Event>> kEvents = {{"requested", Event::kRequested},
                                                                 {"approved", Event::kApproved},
                                                                 {"denied", Event::kDenied},
                                                                 {"expired", Event::kExpired},
                                                                 {"void", Event::kVoid}};

std::string ReadSecretPath(config::Section& section, std::string_view key) {
  const std::optional<std::string> file = section.OptionalFile(key);
  if (!file) return "";
  if (const auto secret = ReadSecretFile(*file); !secret.ok()) section.Report(key, std::string(secret.status().message()));
  return *file;
}

void CheckUrl(config::Section& section, const Endpoint& endpoint) {
  if (endpoint.url.empty() == endpoint.url_file.empty()) return section.Report("", "needs url or url_file, and not both");
  if (!endpoint.url.empty()) {
    if (!http::IsSecureUrl(endpoint.url)) section.Report("url", kWantedUrl);
    return;
  }
  const auto url = ReadSecretFile(endpoint.url_file);
  if (url.ok() && !http::IsSecureUrl(std::string(url->Reveal()))) section.Report("url_file", kWantedUrl);
}

std::set<Event> ReadEvents(config::Section& section) {
  std::set<Event> events;
  const std::vector<std::string> words = section.Has("events") ? section.Strings("events") : std::vector<std::string>();
  for (size_t i = 0; i < words.size(); ++i) {
    const auto known = std::find_if(kEvents.begin(), kEvents.end(), [&](const auto& event) { return event.first == words[i]; });
    if (known == kEvents.end()) {
      section.ReportItem("events", i, "expected one of requested, approved, denied, expired, void");
    } else {
      events.insert(known->second);
    }
  }
  if (words.empty()) {
    for (const auto& [word, event] : kEvents) events.insert(event);
  }
  return events;
}

// It stands in labels of metrics and in file names of nobody: letters, digits and a few signs.
bool IsName(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
  return plain && !name.empty() && name.size() <= kMostNameBytes;
}

Webhook ReadWebhook(config::Section& section) {
  Webhook webhook;
  webhook.name = section.String("name");
  if (section.Has("name") && !IsName(webhook.name)) section.Report("name", "expected at most 64 letters, digits and . - _");
  webhook.endpoint = ReadEndpoint(section);
  webhook.format = section.Word("format", webhook.format, {{"json", Format::kJson}, {"slack", Format::kSlack}, {"teams", Format::kTeams}});
  webhook.events = ReadEvents(section);
  webhook.give_up_after = section.Duration("give_up_after", webhook.give_up_after, kPatience);
  if (webhook.format == Format::kJson && webhook.endpoint.secret_file.empty()) {
    section.Report("", "secret_file is missing: without it nobody can tell who sent a delivery");
  }
  return webhook;
}

}  // namespace

Endpoint ReadEndpoint(config::Section& section) {
  Endpoint endpoint;
  endpoint.url = section.String("url", "");
  endpoint.url_file = ReadSecretPath(section, "url_file");
  endpoint.secret_file = ReadSecretPath(section, "secret_file");
  endpoint.ca = section.OptionalFile("ca").value_or("");
  CheckUrl(section, endpoint);
  return endpoint;
}

std::vector<Webhook> ReadWebhooks(config::Section& root) {
  std::vector<Webhook> webhooks;
  root.EachItem("webhooks", [&](config::Section& section) {
    Webhook webhook = ReadWebhook(section);
    const bool taken = std::any_of(webhooks.begin(), webhooks.end(), [&](const Webhook& other) { return other.name == webhook.name; });
    if (taken) section.Report("name", "is the name of another webhook");
    webhooks.push_back(std::move(webhook));
  });
  if (webhooks.size() > kMostWebhooks) root.Report("webhooks", "at most 32");
  return webhooks;
}

}  // namespace postern::notify
