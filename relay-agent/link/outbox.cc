#include "relay-agent/link/outbox.h"

namespace postern::relay {

bool Outbox::Put(const std::string& gateway, v1::CloseProof proof) {
  std::lock_guard lock(mutex_);
  if (size_ >= max_proofs_) return false;
  Key key(proof.session_id(), proof.thread_id());
  if (proofs_[gateway].insert_or_assign(std::move(key), std::move(proof)).second) ++size_;
  return true;
}

void Outbox::Confirm(const std::string& gateway, const std::string& session_id, uint64_t thread_id) {
  std::lock_guard lock(mutex_);
  const auto of_gateway = proofs_.find(gateway);
  if (of_gateway != proofs_.end()) size_ -= of_gateway->second.erase({session_id, thread_id});
}

std::vector<v1::CloseProof> Outbox::Of(const std::string& gateway) const {
  std::vector<v1::CloseProof> proofs;
  std::lock_guard lock(mutex_);
  const auto of_gateway = proofs_.find(gateway);
  if (of_gateway == proofs_.end()) return proofs;
  for (const auto& [key, proof] : of_gateway->second) proofs.push_back(proof);
  return proofs;
}

size_t Outbox::size() const {
  std::lock_guard lock(mutex_);
  return size_;
}

}  // namespace postern::relay
