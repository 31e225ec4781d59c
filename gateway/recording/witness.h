// Checkpoints told to somebody outside, who can then say what a journal once was: a file on another machine's disk, or an https
// service. Never in the journal's way: what cannot be delivered waits here, and is tried again.
#ifndef POSTERN_GATEWAY_RECORDING_WITNESS_H_
#define POSTERN_GATEWAY_RECORDING_WITNESS_H_

#include <absl/status/status.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/recording/segment/checkpoint.h"

namespace postern::recording {

class Witness {
 public:
  // Takes one line, without its newline. Called on the witness's own thread; may block.
  using Deliver = std::function<absl::Status(const std::string& line)>;

  // `name` is for the log.
  Witness(std::string name, Deliver deliver, std::chrono::milliseconds retry = std::chrono::seconds(10));
  // Tries once more to deliver what waits.
  ~Witness();
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  // Thread-safe, and returns at once. Of many that wait the oldest are let go: later ones vouch for what they did.
  void Offer(const Checkpoint& checkpoint);

 private:
  void Run();
  bool Wait(std::string& line);
  void Report(const absl::Status& status);

  const std::string name_;
  const Deliver deliver_;
  const std::chrono::milliseconds retry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  bool stopping_ = false;
  // Of the thread alone.
  bool failing_ = false;
  std::thread thread_;
};

// Appends the line to a file, made with mode 0600 when missing, and waits until it is on the disk.
Witness::Deliver ToFile(std::filesystem::path file);
// POSTs the line as application/json; any status of 2xx will do. `ca_file` may be empty.
Witness::Deliver ToUrl(std::string url, std::string ca_file);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_WITNESS_H_
