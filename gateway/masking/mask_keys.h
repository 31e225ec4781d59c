// The keys that `hash` masks work with: one for each agent, made of one secret. Equal values have equal hashes for one agent,
// at every target and for as long as the secret stays; two agents cannot compare theirs. Constant, any thread.
#ifndef POSTERN_GATEWAY_MASKING_MASK_KEYS_H_
#define POSTERN_GATEWAY_MASKING_MASK_KEYS_H_

#include <string_view>

#include "gateway/masking/keyed_hash.h"

namespace postern::masking {

class MaskKeys {
 public:
  static constexpr size_t kSecretBytes = 32;

  // REQUIRES: kSecretBytes random bytes, which are not kept.
  explicit MaskKeys(std::string_view secret) : root_(secret) {}

  HashKey KeyFor(std::string_view agent) const;

 private:
  const HashKey root_;
};

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_MASK_KEYS_H_
