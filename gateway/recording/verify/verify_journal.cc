#include "gateway/recording/verify/verify_journal.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "gateway/recording/segment/damage.h"
#include "gateway/recording/segment/segment_file.h"
#include "gateway/recording/verify/trust.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::recording {
namespace {

constexpr uint64_t kTellEvery = 64 << 20;
// For a write that is under way to end.
constexpr int kLiveTries = 50;
constexpr std::chrono::milliseconds kLivePause{100};

// Whether a gateway writes to the folder now.
bool IsLive(const std::filesystem::path& folder) {
  const int fd = ::open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool taken = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return taken;
}

// The segments to look at: a folder's, or a list of files.
class Segments {
 public:
  explicit Segments(std::filesystem::path folder) : folder_(std::move(folder)) {}
  explicit Segments(std::map<uint32_t, std::filesystem::path> files) : files_(std::move(files)) {}

  // NOT_FOUND.
  absl::StatusOr<SegmentFile> Open(uint32_t segment) const {
    if (!folder_.empty()) return SegmentFile::Find(folder_, segment);
    const auto file = files_.find(segment);
    if (file == files_.end()) return absl::NotFoundError("not among the files");
    return SegmentFile::Open(file->second);
  }
  // The name it has, or would have.
  std::string NameOf(uint32_t segment) const {
    const auto file = files_.find(segment);
    if (file != files_.end()) return file->second.filename().string();
    std::error_code ignored;
    const bool plain = folder_.empty() || !std::filesystem::exists(folder_ / CompressedFileName(segment), ignored) ||
                       std::filesystem::exists(folder_ / SegmentFileName(segment), ignored);
    return plain ? SegmentFileName(segment) : CompressedFileName(segment);
  }
  bool is_folder() const { return !folder_.empty(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::map<uint32_t, std::filesystem::path> files_;
};

class Verifier {
 public:
  Verifier(Segments segments, const VerifyOptions& options)
      : segments_(std::move(segments)), options_(options), trust_(options.pinned) {
    for (const Witnessed& one : options.witnessed) unseen_.emplace(one.checkpoint.end.at, &one);
  }

  // `known` are there, or were a moment ago, in ascending order.
  VerifyReport Run(const std::vector<uint32_t>& known) {
    report_.first_segment = known.front();
    for (uint32_t segment = known.front(); segment != 0; segment = After(segment, known)) {
      if (!Segment(segment, known.back())) break;
      report_.last_segment = segment;
    }
    CheckBeginning();
    CheckTrust();
    CheckWitness();
    report_.end = cursor_;
    return std::move(report_);
  }

 private:
  // How far a segment counts, and whether that is known for sure.
  struct Bound {
    uint64_t offset = 0;
    bool sure = false;
  };

  void Find(std::string file, uint64_t offset, std::string what) {
    report_.findings.push_back({std::move(file), offset, std::move(what)});
  }
  void Find(const std::string& file, uint64_t offset, const absl::Status& status) {
    const auto place = OffsetOfDamage(status);
    const std::string what(status.message());
    // The place is told beside it.
    Find(file, place.value_or(offset), place ? what.substr(what.find(": ") + 2) : what);
  }

  // The next to look at. A journal that is written to may have more than are known, and a folder that changes while it is listed need
  // not name all that is in it.
  uint32_t After(uint32_t segment, const std::vector<uint32_t>& known) {
    const auto next = std::upper_bound(known.begin(), known.end(), segment);
    if (next == known.end() || *next == segment + 1 || segments_.Open(segment + 1).ok()) return segment + 1;
    Missing(segment + 1);
    return *next;
  }

  void Missing(uint32_t segment) {
    chain_is_known_ = false;
    // Retired since we began.
    const auto now = segments_.is_folder() ? ListSegments(segments_.folder()) : std::vector<uint32_t>{};
    if (now.ok() && !now->empty() && now->front() > segment) {
      report_.first_segment = now->front();
    } else {
      Find(segments_.NameOf(segment), 0, "the segment is missing");
    }
  }

  // False behind the last one.
  bool Segment(uint32_t segment, uint32_t last) {
    auto file = segments_.Open(segment);
    if (absl::IsNotFound(file.status())) {
      if (segment > last) return false;
      Missing(segment);
      return true;
    }
    if (!file.ok()) {
      Find(segments_.NameOf(segment), 0, file.status());
      chain_is_known_ = false;
      return true;
    }
    Enter(*file);
    const auto bound = BoundOf(*file, last);
    if (bound.ok()) {
      Walk(*file, *bound, last);
    } else {
      Find(file->name(), 0, bound.status());
    }
    return true;
  }

  void Enter(const SegmentFile& file) {
    const SegmentHeader& header = file.header();
    if (header.segment == report_.first_segment) {
      first_chain_ = header.chain;
    } else if (chain_is_known_ && header.chain != cursor_.chain) {
      Find(file.name(), 0, "its chain does not continue that of the segment before");
    }
    cursor_ = {.at = {header.segment, kSegmentHeaderBytes}, .chain = header.chain};
    chain_is_known_ = true;
    records_here_ = 0;
  }

  absl::StatusOr<Bound> BoundOf(const SegmentFile& file, uint32_t last) {
    const auto next = segments_.Open(file.header().segment + 1);
    if (next.ok()) return Bound{.offset = next->header().previous_bytes, .sure = true};
    auto size = file.Size();
    if (!size.ok()) return size.status();
    // A compressed segment holds what counts and nothing else.
    const bool sealed = file.name().ends_with(".zst") || file.header().segment < last;
    return Bound{.offset = *size, .sure = sealed};
  }

  void Walk(SegmentFile& file, Bound bound, uint32_t last) {
    if (!WalkTo(file, bound)) return;
    // The last segment of a journal that is written to: another may have begun meanwhile, and says where this one ended.
    while (!bound.sure) {
      const auto now = BoundOf(file, last);
      if (!now.ok()) return Damaged(file, now.status());
      if (!now->sure) break;
      bound = *now;
      if (!WalkTo(file, bound)) return;
    }
    if (bound.sure && cursor_.at.offset > bound.offset) {
      return Damaged(file, file.DamagedAt(bound.offset, "the segment ends too soon"));
    }
    const auto size = file.Size();
    if (bound.sure && size.ok() && *size > bound.offset) {
      Find(file.name(), bound.offset, "the segment goes on where the next one says that it ends: what follows is no part of the journal");
    }
  }

  // False at damage, which is told then.
  bool WalkTo(SegmentFile& file, const Bound& bound) {
    const auto damaged = [&](const absl::Status& status) {
      Damaged(file, status);
      return false;
    };
    while (cursor_.at.offset < bound.offset) {
      auto frame = Read(file, bound);
      if (!frame.ok()) return damaged(frame.status());
      CheckSeen();
      const ChainHash chain = NextChain(cursor_.chain, frame->payload);
      if (chain != frame->header.chain) return damaged(file.DamagedAt(cursor_.at.offset, "the chain is broken"));
      v1::Record record;
      if (!record.ParseFromArray(frame->payload.data(), static_cast<int>(frame->payload.size()))) {
        Find(file.name(), cursor_.at.offset, "the record cannot be read");
      }
      ++report_.records;
      ++report_.records_after;
      Look(file, record);
      ++records_here_;
      Tell(frame->end - cursor_.at.offset);
      cursor_ = {.at = {cursor_.at.segment, frame->end}, .chain = chain};
    }
    return true;
  }

  void Damaged(const SegmentFile& file, const absl::Status& status) {
    Find(file.name(), cursor_.at.offset, status);
    chain_is_known_ = false;
  }

  // The frame here. At the end of a journal that is written to, what is half there may be whole in a moment.
  absl::StatusOr<SegmentFile::Frame> Read(SegmentFile& file, const Bound& bound) {
    auto frame = file.ReadFrame(cursor_.at.offset, bound.offset);
    if (frame.ok() || bound.sure) return frame;
    auto durable = file.WasDurable(cursor_.at.offset);
    if (!durable.ok()) return durable.status();
    if (*durable) return frame;
    for (int i = 0; segments_.is_folder() && i < kLiveTries && IsLive(segments_.folder()); ++i) {
      std::this_thread::sleep_for(kLivePause);
      auto again = segments_.Open(cursor_.at.segment);
      if (!again.ok()) return again.status();
      file = *std::move(again);
      auto size = file.Size();
      if (!size.ok()) return size.status();
      frame = file.ReadFrame(cursor_.at.offset, std::max(*size, cursor_.at.offset));
      if (frame.ok()) return frame;
    }
    // ReadFrame's view of the file may have moved.
    const absl::Status why = file.ReadFrame(cursor_.at.offset, bound.offset).status();
    return file.DamagedAt(cursor_.at.offset,
                          absl::StrCat("the last write was damaged or never finished; if the gateway was killed, it cuts this off at "
                                       "its next start (", std::string(why.message()), ")"));
  }

  void Look(const SegmentFile& file, const v1::Record& record) {
    if (record.has_checkpoint()) return LookAtCheckpoint(file, record.checkpoint());
    if (record.has_key_rotated()) {
      const auto succession = FromRecord(record.key_rotated());
      if (!succession) return Find(file.name(), cursor_.at.offset, "the change of keys is not signed by the old key");
      trust_.Succeed(*succession);
    }
    if (record.has_segment_retired()) {
      const auto chain = ToArray<ChainHash>(record.segment_retired().chain());
      if (chain) said_retired_[record.segment_retired().segment()] = *chain;
    }
  }

  void LookAtCheckpoint(const SegmentFile& file, const v1::Checkpoint& fields) {
    const auto checkpoint = FromRecord(fields);
    if (!checkpoint || !IsGenuine(*checkpoint)) {
      return Find(file.name(), cursor_.at.offset, "the checkpoint's signature is not good");
    }
    if (checkpoint->end.at != cursor_.at || checkpoint->end.chain != cursor_.chain || checkpoint->records != records_here_) {
      return Find(file.name(), cursor_.at.offset, "the checkpoint was signed for another place");
    }
    if (!trust_.Believes(checkpoint->key)) {
      if (!stranger_) {
        stranger_ = Finding{file.name(), cursor_.at.offset,
                            absl::StrCat("the checkpoint is signed by key ", Fingerprint(checkpoint->key),
                                         ", which is neither pinned nor named by one that is believed")};
      }
      return;
    }
    // It vouches for all that is before it, whoever signed there.
    stranger_.reset();
    retired_ = said_retired_;
    ++report_.checkpoints;
    report_.last_checkpoint = checkpoint;
    report_.records_after = 0;
  }

  void CheckSeen() {
    const auto [from, to] = unseen_.equal_range(cursor_.at);
    for (auto one = from; one != to; ++one) {
      if (one->second->checkpoint.end.chain == cursor_.chain) {
        ++report_.witnessed;
        seen_.push_back(one->second);
      } else {
        Find(segments_.NameOf(cursor_.at.segment), cursor_.at.offset,
             "a witness saw another chain here: what is before this place was changed");
      }
    }
    unseen_.erase(from, to);
  }

  void CheckBeginning() {
    if (!segments_.is_folder() || options_.from_segment > 1 || !first_chain_) return;
    const std::string name = segments_.NameOf(report_.first_segment);
    if (report_.first_segment == 1) {
      if (first_chain_ != ChainHash{}) Find(name, 0, "the first segment does not begin a chain");
      return;
    }
    const auto cut = retired_.find(report_.first_segment - 1);
    if (cut == retired_.end() || cut->second != first_chain_) {
      Find(name, 0, "segments before this one are missing, and no signed record says that they were retired");
    }
  }

  void CheckTrust() {
    if (stranger_) return Find(stranger_->file, stranger_->offset, stranger_->what);
    if (!options_.pinned.empty() && report_.checkpoints == 0) {
      Find(segments_.NameOf(report_.last_segment), cursor_.at.offset, "no checkpoint is signed by a pinned key");
    }
  }

  void CheckWitness() {
    for (const Witnessed* one : seen_) {
      if (!trust_.Knows(one->checkpoint.key)) Find(one->file, one->offset, "signed by a key that the journal does not know");
    }
    const Witnessed* furthest = nullptr;
    for (const auto& [at, one] : unseen_) {
      if (at.segment < report_.first_segment) {
        ++report_.witnessed_before;
      } else if (at >= cursor_.at) {
        // Whoever saw a checkpoint saw it durable, so even its own record must be there.
        furthest = one;
      } else {
        Find(segments_.NameOf(at.segment), at.offset,
             absl::StrCat("a witness saw a record begin here (line at offset ", one->offset, " of ", one->file, ")"));
      }
    }
    if (furthest == nullptr || !segments_.is_folder()) return;
    const Position& at = furthest->checkpoint.end.at;
    Find(segments_.NameOf(cursor_.at.segment), cursor_.at.offset,
         absl::StrCat("the journal ends here, but a witness saw it reach offset ", at.offset, " of ", SegmentFileName(at.segment)));
  }

  void Tell(uint64_t bytes) {
    report_.bytes += bytes;
    if (!options_.progress || report_.bytes / kTellEvery == (report_.bytes - bytes) / kTellEvery) return;
    options_.progress(cursor_.at.segment, report_.bytes);
  }

  const Segments segments_;
  const VerifyOptions& options_;
  VerifyReport report_;
  Trust trust_;
  // A believed checkpoint behind it takes it back.
  std::optional<Finding> stranger_;
  Cursor cursor_;
  // False behind damage, until the next header says where the chain goes on.
  bool chain_is_known_ = true;
  uint64_t records_here_ = 0;
  std::optional<ChainHash> first_chain_;
  // What records say, and of that what a believed checkpoint vouches for: a frame needs no key.
  std::map<uint32_t, ChainHash> said_retired_;
  std::map<uint32_t, ChainHash> retired_;
  std::multimap<Position, const Witnessed*> unseen_;
  std::vector<const Witnessed*> seen_;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyJournal(const std::filesystem::path& folder, const VerifyOptions& options) {
  auto segments = ListSegments(folder);
  if (!segments.ok()) return segments.status();
  std::erase_if(*segments, [&](uint32_t segment) { return segment < options.from_segment; });
  if (segments->empty()) return absl::NotFoundError(absl::StrCat("no journal in ", folder.string()));
  return Verifier(Segments(folder), options).Run(*segments);
}

absl::StatusOr<VerifyReport> VerifySegments(std::vector<std::filesystem::path> files, const VerifyOptions& options) {
  std::map<uint32_t, std::filesystem::path> numbered;
  for (auto& file : files) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return absl::NotFoundError(absl::StrCat(file.string(), " is not there"));
    const auto number = SegmentNumber(file.filename().string());
    if (!number) return absl::InvalidArgumentError(absl::StrCat(file.string(), " is not named as a segment is, 00000001.pjl"));
    numbered[*number] = std::move(file);
  }
  if (numbered.empty()) return absl::NotFoundError("no segment to look at");
  std::vector<uint32_t> known;
  for (const auto& [number, file] : numbered) known.push_back(number);
  return Verifier(Segments(std::move(numbered)), options).Run(known);
}

}  // namespace postern::recording
