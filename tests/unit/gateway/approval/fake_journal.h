// A journal in memory that answers at once, when told to, or with an error.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_FAKE_JOURNAL_H_
#define POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_FAKE_JOURNAL_H_

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/recording/journal.h"

namespace postern::approval {

class FakeJournal : public recording::Journal {
 public:
  void Append(const v1::Record& record, Done done) override {
    absl::Status status;
    {
      std::lock_guard lock(mutex_);
      if (holding_) {
        waiting_.emplace_back(record, std::move(done));
        return;
      }
      status = next_;
      if (status.ok()) records_.push_back(record);
    }
    done(status);
  }
  absl::Status Health() const override { return absl::OkStatus(); }

  // From now on records wait for Answer.
  void Hold() {
    std::lock_guard lock(mutex_);
    holding_ = true;
  }
  // Answers what waits and, with OK, what comes.
  void Answer(absl::Status status) {
    std::vector<std::pair<v1::Record, Done>> waiting;
    {
      std::lock_guard lock(mutex_);
      holding_ = false;
      waiting.swap(waiting_);
      for (const auto& [record, done] : waiting) {
        if (status.ok()) records_.push_back(record);
      }
    }
    for (auto& [record, done] : waiting) done(status);
  }
  void FailWith(absl::Status status) {
    std::lock_guard lock(mutex_);
    next_ = std::move(status);
  }
  std::vector<v1::Record> records() const {
    std::lock_guard lock(mutex_);
    return records_;
  }

 private:
  mutable std::mutex mutex_;
  bool holding_ = false;
  absl::Status next_ = absl::OkStatus();
  std::vector<std::pair<v1::Record, Done>> waiting_;
  std::vector<v1::Record> records_;
};

}  // namespace postern::approval

#endif  // POSTERN_TESTS_UNIT_GATEWAY_APPROVAL_FAKE_JOURNAL_H_
