// One delivery over HTTP: a POST, signed. Blocking, any thread, bounded in time and size.
#ifndef POSTERN_GATEWAY_NOTIFY_DELIVER_H_
#define POSTERN_GATEWAY_NOTIFY_DELIVER_H_

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>

#include "gateway/notify/options.h"

namespace postern::notify {

struct Delivery {
  // The same at each try, for receivers that want to see a thing once.
  std::string id;
  std::string body;
  std::string content_type = "application/json";
};

// OK for an answer of 2xx. No redirect is followed. Errors say why and never where: the URL may be a secret.
absl::Status Deliver(const Endpoint& endpoint, const Delivery& delivery, absl::Time now);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_DELIVER_H_
