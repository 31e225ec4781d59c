// `postern-relay check`: what was found, for people and for programs.
#ifndef POSTERN_RELAY_AGENT_DOCTOR_REPORT_H_
#define POSTERN_RELAY_AGENT_DOCTOR_REPORT_H_

#include <string>
#include <vector>

#include "relay-agent/doctor/examination.h"
#include "relay-agent/link/relay.h"

namespace postern::relay {

// Each account of each target, one after the other. Blocking; asks only the databases and the sources of credentials.
std::vector<Examination> ExamineAll(const RelayOptions& options);

std::string TextReport(const std::vector<Examination>& examinations);
std::string JsonReport(const std::vector<Examination>& examinations);

bool AnyDangerous(const std::vector<Examination>& examinations);

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_DOCTOR_REPORT_H_
