// Checks and their results as metrics, records and logs name them. Pure.
#ifndef POSTERN_GATEWAY_VERIFICATION_WORDS_H_
#define POSTERN_GATEWAY_VERIFICATION_WORDS_H_

#include <string>

#include "proto/postern/v1/verification.pb.h"

namespace postern::verification {

// "connection", "hold", "mask", "recording".
inline const char* KindWord(v1::VerificationCheck::Kind kind) {
  switch (static_cast<int>(kind)) {  // protobuf's enums are open
    case v1::VerificationCheck::KIND_CONNECTION: return "connection";
    case v1::VerificationCheck::KIND_HOLD: return "hold";
    case v1::VerificationCheck::KIND_MASK: return "mask";
    case v1::VerificationCheck::KIND_RECORDING: return "recording";
    default: return "other";
  }
}

inline const char* ResultWord(v1::VerificationCheck::Result result) {
  switch (static_cast<int>(result)) {
    case v1::VerificationCheck::RESULT_PASSED: return "passed";
    case v1::VerificationCheck::RESULT_FAILED: return "failed";
    case v1::VerificationCheck::RESULT_NOT_CONFIGURED: return "not configured";
    case v1::VerificationCheck::RESULT_NOT_REACHED: return "not reached";
    default: return "not known";
  }
}

// "hold, mask": the checks that failed, or were not reached.
inline std::string FailedChecks(const v1::VerificationRun& run) {
  std::string words;
  for (const v1::VerificationCheck& check : run.checks()) {
    const bool good = check.result() == v1::VerificationCheck::RESULT_PASSED || check.result() == v1::VerificationCheck::RESULT_NOT_CONFIGURED;
    if (!good) words += std::string(words.empty() ? "" : ", ") + KindWord(check.kind());
  }
  return words;
}

}  // namespace postern::verification

#endif  // POSTERN_GATEWAY_VERIFICATION_WORDS_H_
