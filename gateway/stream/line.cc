#include "gateway/stream/line.h"

#include <nlohmann/json.hpp>

#include "gateway/ctl/json.h"
#include "gateway/ctl/words.h"

namespace postern::stream {
namespace {

using nlohmann::ordered_json;

ordered_json PlaceJson(recording::Position at) { return {{"segment", at.segment}, {"offset", at.offset}}; }

}  // namespace

Line RecordLine(uint64_t number, recording::Position at, const v1::Record& record) {
  const ordered_json fields = ctl::RecordJson(record);
  ordered_json whole = {{"number", number}, {"segment", at.segment}, {"offset", at.offset}};
  for (const char* name : {"at", "session_id", "task_id", "event"}) whole[name] = fields[name];
  ordered_json brief = whole;
  const std::string event = fields["event"].is_string() ? fields["event"].get<std::string>() : "unknown";
  if (fields.contains(event)) whole[event] = fields[event];
  Line line{.text = ctl::Line(whole), .brief = {}, .event = event, .number = number, .at_unix_us = record.at_unix_us()};
  brief["cut_bytes"] = line.text.size();
  line.brief = ctl::Line(brief);
  return line;
}

Line GapLine(uint64_t number, recording::Position from, recording::Position to, const std::string& why, absl::Time now) {
  const int64_t at = absl::ToUnixMicros(now);
  const ordered_json whole = {{"number", number},
                              {"segment", to.segment},
                              {"offset", to.offset},
                              {"at", ctl::IsoMicros(at)},
                              {"event", "stream_gap"},
                              {"stream_gap", {{"from", PlaceJson(from)}, {"to", PlaceJson(to)}, {"why", why}}}};
  const std::string text = ctl::Line(whole);
  return {.text = text, .brief = text, .event = "stream_gap", .number = number, .at_unix_us = at};
}

}  // namespace postern::stream
