// Reads the section `console` of gateway.yaml.
#ifndef POSTERN_GATEWAY_CONSOLE_READ_OPTIONS_H_
#define POSTERN_GATEWAY_CONSOLE_READ_OPTIONS_H_

#include <optional>

#include "common/config/document.h"
#include "gateway/console/options.h"

namespace postern::console {

// None where the section is absent: there is no console then.
std::optional<Options> ReadOptions(config::Section console);

}  // namespace postern::console

#endif  // POSTERN_GATEWAY_CONSOLE_READ_OPTIONS_H_
