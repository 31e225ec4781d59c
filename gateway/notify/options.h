// The section `webhooks` of gateway.yaml as values. docs/webhooks.md tells what each option is for.
#ifndef POSTERN_GATEWAY_NOTIFY_OPTIONS_H_
#define POSTERN_GATEWAY_NOTIFY_OPTIONS_H_

#include <absl/time/time.h>

#include <cstdint>
#include <set>
#include <string>

namespace postern::notify {

// What became of an approval: a held statement or a task that was asked for.
enum class Event : uint8_t { kRequested, kApproved, kDenied, kExpired, kVoid };

enum class Format : uint8_t { kJson, kSlack, kTeams };

// Where approvals are told of.
struct Endpoint {
  // One of the two: a URL, or the file that holds one which is a secret itself. Read again for each delivery.
  std::string url;
  std::string url_file;
  // Holds the key that deliveries are signed with; empty: they are not signed. Read again for each delivery.
  std::string secret_file;
  // PEM file of the authorities its server is checked against; empty: the system's.
  std::string ca;
};

struct Webhook {
  // What log, metrics and dead letters call it.
  std::string name;
  Endpoint endpoint;
  Format format = Format::kJson;
  std::set<Event> events;
  absl::Duration give_up_after = absl::Minutes(15);  // since it happened
};

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_OPTIONS_H_
