// Reads the section `webhooks` of gateway.yaml, and other places that name a URL to deliver to.
#ifndef POSTERN_GATEWAY_NOTIFY_READ_OPTIONS_H_
#define POSTERN_GATEWAY_NOTIFY_READ_OPTIONS_H_

#include <vector>

#include "common/config/document.h"
#include "gateway/notify/options.h"

namespace postern::notify {

// `url` or `url_file`, `secret_file`, `ca`. Files of secrets must be their owner's alone.
Endpoint ReadEndpoint(config::Section& section);

// The list under `webhooks` of the root.
std::vector<Webhook> ReadWebhooks(config::Section& root);

}  // namespace postern::notify

#endif  // POSTERN_GATEWAY_NOTIFY_READ_OPTIONS_H_
