#include "gateway/masking/detectors/text_search.h"

#include <algorithm>

namespace postern::masking {
namespace {

constexpr char kStar = '*';

}  // namespace

void TextSearch::Search(std::string_view piece, bool last, std::string& out) {
  if (last && window_.empty()) {
    detector_->Find(piece, spans_);
    const size_t at = out.size();
    out.append(piece);
    return Note(piece.size(), out.data() + at);
  }
  window_.append(piece);
  while (window_.size() >= kWindowBytes) PassWindow(out);
  if (!last) return;
  detector_->Find(window_, spans_);
  Note(window_.size(), window_.data());
  out.append(window_);
  window_.clear();
}

// Counts what begins before `end`, and hides it. What begins later is left to the next window, which has all of it.
void TextSearch::Note(size_t end, char* text) {
  for (const Span& span : spans_) {
    if (span.begin >= end) break;
    ++findings_.by_kind[static_cast<size_t>(span.kind)];
    if (span.mask) std::fill(text + span.begin, text + span.end, kStar);
  }
}

void TextSearch::PassWindow(std::string& out) {
  const size_t whole = std::min(window_.size(), kWindowBytes);
  const size_t sure = whole - Detector::kMaxSpanBytes;
  detector_->Find(std::string_view(window_).substr(0, whole), spans_);
  Note(sure, window_.data());
  size_t cut = sure;
  for (const Span& span : spans_) {
    if (span.begin < sure) cut = std::max(cut, span.end);  // not to be found a second time by its end
  }
  out.append(window_, 0, cut);
  window_.erase(0, cut);
}

}  // namespace postern::masking
