#include "gateway/api/abridge.h"

#include <string>
#include <string_view>

namespace postern::api {
namespace {

// Never in the middle of a UTF-8 character.
size_t CutAt(std::string_view text, size_t bytes) {
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return bytes;
}

std::string Cut(const std::string& text, size_t bytes) {
  if (text.size() <= bytes) return text;
  return text.substr(0, CutAt(text, bytes)) + " … [cut: " + std::to_string(text.size()) +
         " bytes in all; get the approval by its id for the whole]";
}

}  // namespace

v1::Approval Abridged(const v1::Approval& approval) {
  v1::Approval shown = approval;
  shown.set_statement(Cut(approval.statement(), kAbridgedBytes));
  if (shown.parameters_size() > kAbridgedParameters) {
    shown.mutable_parameters()->DeleteSubrange(kAbridgedParameters, shown.parameters_size() - kAbridgedParameters);
    v1::Parameter& mark = *shown.add_parameters();
    mark.set_name("…");
    mark.set_value("[cut: " + std::to_string(approval.parameters_size()) +
                   " parameters in all; get the approval by its id for the whole]");
  }
  if (shown.has_preview()) {
    shown.mutable_preview()->clear_sample();
    shown.mutable_preview()->clear_plan();
  }
  for (v1::Parameter& parameter : *shown.mutable_parameters()) {
    parameter.set_value(Cut(parameter.value(), kAbridgedBytes / 16));
  }
  return shown;
}

}  // namespace postern::api
