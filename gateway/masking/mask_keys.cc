#include "gateway/masking/mask_keys.h"

namespace postern::masking {

HashKey MaskKeys::KeyFor(std::string_view agent) const {
  KeyedHash derived;
  derived.Begin(root_);
  derived.Add("agent:");
  derived.Add(agent);
  return HashKey(derived.Finish());
}

}  // namespace postern::masking
