// What is looked for in the values of results, whatever column they stand in. Plain values, any thread.
#ifndef POSTERN_GATEWAY_POLICY_DETECTOR_H_
#define POSTERN_GATEWAY_POLICY_DETECTOR_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace postern::policy {

enum class DetectorKind : uint8_t { kCard, kEmail, kIban, kSsn, kPhone, kJwt, kApiKey };
inline constexpr size_t kDetectorKinds = 7;

// In the order of the enumeration: what policies call them.
inline constexpr const char* kDetectorKindNames[kDetectorKinds] = {"card", "email", "iban", "ssn", "phone", "jwt", "api_key"};

struct DetectorPattern {
  std::string name;
  std::string source;  // RE2's syntax; INVARIANT: RE2 takes it, and it does not match the empty text
};

enum class DetectorAction : uint8_t { kReport, kMask };  // the later is stricter

struct Detector {
  std::bitset<kDetectorKinds> kinds;  // by DetectorKind
  std::vector<DetectorPattern> patterns;
  DetectorAction action = DetectorAction::kReport;

  bool Looks(DetectorKind kind) const { return kinds[static_cast<size_t>(kind)]; }
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_DETECTOR_H_
