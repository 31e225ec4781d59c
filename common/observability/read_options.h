// The section `log` of a configuration file, which every program of ours reads alike.
#ifndef POSTERN_COMMON_OBSERVABILITY_READ_OPTIONS_H_
#define POSTERN_COMMON_OBSERVABILITY_READ_OPTIONS_H_

#include "common/config/document.h"
#include "common/observability/log.h"

namespace postern::log {

Options ReadOptions(config::Section section);

}  // namespace postern::log

#endif  // POSTERN_COMMON_OBSERVABILITY_READ_OPTIONS_H_
