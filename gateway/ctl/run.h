// posternctl, whole, as a function: parses the command line, runs the command, returns the exit code.
#ifndef POSTERN_GATEWAY_CTL_RUN_H_
#define POSTERN_GATEWAY_CTL_RUN_H_

#include <string>
#include <vector>

#include "gateway/ctl/invocation.h"

namespace postern::ctl {

// `arguments` without the program's name.
int Run(const std::vector<std::string>& arguments, World world);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_RUN_H_
