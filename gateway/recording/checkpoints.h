// When the journal signs where it stands, and what it does with it. Used by the journal's thread alone.
//
// A checkpoint is due a while after something was written, or sooner when much was; and at once when the journal is opened,
// closed, or goes on to another segment. Nothing new: no checkpoint.
#ifndef POSTERN_GATEWAY_RECORDING_CHECKPOINTS_H_
#define POSTERN_GATEWAY_RECORDING_CHECKPOINTS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/recording/segment/checkpoint.h"

namespace postern::recording {

struct CheckpointOptions {
  // None: nothing is signed.
  std::shared_ptr<const SigningKey> key;
  std::chrono::nanoseconds every = std::chrono::minutes(1);
  uint64_t records = 10'000;
  // Told of each checkpoint once it is durable, on the journal's thread: must only take note. May be empty.
  std::function<void(const Checkpoint&)> witness;
};

class Checkpoints {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Checkpoints(CheckpointOptions options) : options_(std::move(options)) {}

  // Notes that so many records were written.
  void Wrote(uint64_t records);
  // Whether there is anything to sign, and when it is to be signed.
  bool pending() const { return options_.key != nullptr && unsigned_; }
  Clock::time_point due() const { return due_; }

  // The record to be written at `end`, which `records` of its segment precede.
  std::string Sign(const Cursor& end, uint64_t records);
  // What became of it. After a failure it is due again, a while later.
  void Settle(bool durable);

 private:
  const CheckpointOptions options_;
  // True from the start: the first one says who signs, and what the journal was found to be.
  bool unsigned_ = true;
  uint64_t records_ = 0;
  Clock::time_point due_ = Clock::now();
  Checkpoint signed_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_CHECKPOINTS_H_
