// Property: spans lie within the text, in order and apart, and a text searched in pieces has the length it had.
#include <cstdint>
#include <cstdlib>

#include "gateway/masking/detectors/text_search.h"

using namespace postern::masking;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto detector = [] {
    Detector::Options options;
    for (size_t i = 0; i + 1 < kKinds; ++i) options.kinds.push_back(static_cast<Kind>(i));
    options.mask = true;
    return *Detector::Make(options);
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Span> spans;
  detector->Find(text, spans);
  size_t before = 0;
  for (const Span& span : spans) {
    if (span.begin < before || span.end <= span.begin || span.end > size) std::abort();
    before = span.end;
  }
  TextSearch search(detector.get());
  std::string out;
  search.Search(text.substr(0, size / 2), false, out);
  search.Search(text.substr(size / 2), true, out);
  if (out.size() != size || search.findings().total() != spans.size()) std::abort();
  return 0;
}
