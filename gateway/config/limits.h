// The section `limits` of gateway.yaml. Inside this folder only.
#ifndef POSTERN_GATEWAY_CONFIG_LIMITS_H_
#define POSTERN_GATEWAY_CONFIG_LIMITS_H_

#include "common/config/document.h"
#include "gateway/config/gateway_config.h"

namespace postern::config {

GatewayLimits ReadLimits(Section limits);

}  // namespace postern::config

#endif  // POSTERN_GATEWAY_CONFIG_LIMITS_H_
