// Which keys' checkpoints are believed: those that were pinned, or else the first that the journal shows, and then whichever key
// a believed one named as its successor. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_VERIFY_TRUST_H_
#define POSTERN_GATEWAY_RECORDING_VERIFY_TRUST_H_

#include <optional>
#include <set>
#include <vector>

#include "gateway/recording/segment/signing.h"
#include "gateway/recording/verify/signed_records.h"

namespace postern::recording {

class Trust {
 public:
  explicit Trust(const std::vector<PublicKey>& pinned) : pinned_(pinned.begin(), pinned.end()), first_counts_(pinned.empty()) {}

  // Of a checkpoint in the journal's order, whose signature is good. A key that has a successor is believed until the
  // successor signs for the first time: what it was asked for may already have been under way.
  bool Believes(const PublicKey& key);
  void Succeed(const Succession& succession);

  // Whether the key was ever believed, is pinned, or came before such a one.
  bool Knows(const PublicKey& key) const;

 private:
  void Become(const PublicKey& key);

  const std::set<PublicKey> pinned_;
  bool first_counts_;
  std::optional<PublicKey> current_;
  std::set<PublicKey> successors_;
  // Those that were succeeded: whoever has one of them now signs nothing any more.
  std::set<PublicKey> ended_;
  std::set<PublicKey> believed_;
  std::vector<Succession> successions_;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_VERIFY_TRUST_H_
