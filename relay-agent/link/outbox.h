// Proofs of close that a gateway has not confirmed yet. Thread-safe; bounded: what does not fit is in the ledger still and
// is proven anew when the relay starts.
#ifndef POSTERN_RELAY_AGENT_LINK_OUTBOX_H_
#define POSTERN_RELAY_AGENT_LINK_OUTBOX_H_

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "proto/postern/v1/relay.pb.h"

namespace postern::relay {

class Outbox {
 public:
  explicit Outbox(size_t max_proofs = 10'000) : max_proofs_(max_proofs) {}

  // False when full.
  bool Put(const std::string& gateway, v1::CloseProof proof);
  void Confirm(const std::string& gateway, const std::string& session_id, uint64_t thread_id);
  std::vector<v1::CloseProof> Of(const std::string& gateway) const;
  size_t size() const;

 private:
  using Key = std::pair<std::string, uint64_t>;  // session, thread

  const size_t max_proofs_;
  mutable std::mutex mutex_;
  size_t size_ = 0;
  std::map<std::string, std::map<Key, v1::CloseProof>> proofs_;
};

}  // namespace postern::relay

#endif  // POSTERN_RELAY_AGENT_LINK_OUTBOX_H_
