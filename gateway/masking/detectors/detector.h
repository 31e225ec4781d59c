// Looks for things in text that have a shape of their own, wherever they stand: card numbers, addresses, keys. Beside
// the column masks, not in place of them: a value that is written otherwise (HEX, reversed) is not found.
//
// One pass over the text decides by single bytes where anything could begin; only there a scanner looks closer. The
// user's own patterns are RE2's, each a pass more.
//
// A detector is constant once made; any thread.
#ifndef POSTERN_GATEWAY_MASKING_DETECTORS_DETECTOR_H_
#define POSTERN_GATEWAY_MASKING_DETECTORS_DETECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}

namespace postern::masking {

enum class Kind : uint8_t {
  kCard,  // 13 to 19 digits in groups or not, of a known issuer's first digits, Luhn
  kEmail,
  kIban,        // with its country's length, mod 97
  kSsn,         // 123-45-6789, with what was ever given out
  kPhone,       // +49 30 1234567, (212) 555-0100, 212-555-0100
  kJwt,         // three parts of base64url, the first of which is a JSON object
  kApiKey,      // AWS, GitHub, GitLab, Slack, Stripe, Google
  kPrivateKey,  // -----BEGIN … PRIVATE KEY-----, to the end of the block
  kPattern,     // of the user
};
inline constexpr size_t kKinds = 9;

std::string_view KindName(Kind kind);

// How many of each kind were found.
struct Findings {
  std::array<uint64_t, kKinds> by_kind{};

  void Add(const Findings& other);
  uint64_t total() const;
  uint64_t of(Kind kind) const { return by_kind[static_cast<size_t>(kind)]; }
};

struct Span {
  Kind kind = Kind::kPattern;
  size_t begin = 0;
  size_t end = 0;
  bool mask = false;  // becomes stars; otherwise it is only counted

  friend bool operator==(const Span&, const Span&) = default;
};

class Detector {
 public:
  struct Options {
    std::vector<Kind> kinds;            // built-in ones
    std::vector<std::string> patterns;  // RE2; each must need at least one byte
    bool mask = false;                  // what these find becomes stars; otherwise it is only counted
  };

  static constexpr size_t kMaxPatterns = 64;
  static constexpr size_t kMaxPatternBytes = 1024;
  static constexpr int64_t kPatternMemoryBytes = int64_t{1} << 20;  // of one compiled pattern; as the policy's loader bounds it
  // The longest thing that is found for sure where a text is looked through in parts.
  static constexpr size_t kMaxSpanBytes = size_t{8} * 1024;

  // Refused: too many or too long patterns, one that RE2 does not take, or that matches nothing at all.
  static absl::StatusOr<std::shared_ptr<const Detector>> Make(const Options& options);
  // Each looks and acts as it says; what one masks is masked, whoever else finds it.
  static absl::StatusOr<std::shared_ptr<const Detector>> Make(std::span<const Options> several);
  ~Detector();

  // Spans in order of their beginnings, not overlapping: of two the earlier, then the longer.
  void Find(std::string_view text, std::vector<Span>& spans) const;

  bool Wants(Kind kind) const { return Has(kinds_, kind); }

 private:
  struct Pattern {
    std::unique_ptr<const re2::RE2> compiled;
    bool mask = false;
  };

  Detector() = default;

  static bool Has(uint32_t kinds, Kind kind) { return (kinds >> static_cast<unsigned>(kind) & 1) != 0; }
  void Want(const Options& options);
  absl::Status AddPatterns(const Options& options);
  void FindPatterns(std::string_view text, std::vector<Span>& spans) const;

  uint32_t kinds_ = 0;
  uint32_t masked_kinds_ = 0;
  std::array<uint8_t, 256> classes_{};  // what a byte may be part of: see scanners.h
  std::vector<Pattern> patterns_;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_DETECTORS_DETECTOR_H_
