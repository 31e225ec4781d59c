// Looks through one text after another for what a detector knows, each text in any pieces, and writes it on: as it
// came, or with stars over what was found. The length in bytes never changes. One thread.
//
// A text that comes whole is looked through where it lies. One that is cut is collected, up to a window; a longer one
// goes by in windows that overlap by Detector::kMaxSpanBytes, so that what is shorter than that is found wherever it
// stands.
#ifndef POSTERN_GATEWAY_MASKING_DETECTORS_TEXT_SEARCH_H_
#define POSTERN_GATEWAY_MASKING_DETECTORS_TEXT_SEARCH_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/masking/detectors/detector.h"

namespace postern::masking {

class TextSearch {
 public:
  static constexpr size_t kWindowBytes = size_t{64} * 1024;

  // Null: nothing is searched, and Search is not called.
  explicit TextSearch(const Detector* detector) : detector_(detector) {}

  // More of the text under way, or the `last` of it. Appends what can be written of it.
  void Search(std::string_view piece, bool last, std::string& out);

  const Findings& findings() const { return findings_; }

 private:
  void Note(size_t end, char* text);
  void PassWindow(std::string& out);

  const Detector* detector_;
  Findings findings_;
  std::vector<Span> spans_;
  std::string window_;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_DETECTORS_TEXT_SEARCH_H_
