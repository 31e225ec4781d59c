// Records of the journal as the lines that are streamed. Pure.
#ifndef POSTERN_GATEWAY_STREAM_LINE_H_
#define POSTERN_GATEWAY_STREAM_LINE_H_

#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "gateway/recording/segment/position.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::stream {

struct Line {
  // JSON in ASCII, without a newline: the number, where in the journal, and the record as `sessions export --format jsonl` has it.
  std::string text;
  // The same without the event's own fields, for a receiver that takes no line of that length.
  std::string brief;
  // "statement"; "stream_gap" where records are missing.
  std::string event;
  uint64_t number = 0;
  int64_t at_unix_us = 0;
};

// Numbers ascend by one, over restarts as well: a receiver sees what it has twice, and what it lacks.
Line RecordLine(uint64_t number, recording::Position at, const v1::Record& record);

// Records between the two places cannot be streamed any more.
Line GapLine(uint64_t number, recording::Position from, recording::Position to, const std::string& why, absl::Time now);

}  // namespace postern::stream

#endif  // POSTERN_GATEWAY_STREAM_LINE_H_
