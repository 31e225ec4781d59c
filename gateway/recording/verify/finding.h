// Something wrong with a journal, and where.
#ifndef POSTERN_GATEWAY_RECORDING_VERIFY_FINDING_H_
#define POSTERN_GATEWAY_RECORDING_VERIFY_FINDING_H_

#include <cstdint>
#include <string>

namespace postern::recording {

struct Finding {
  // Its name, without the folder.
  std::string file;
  // Of the first byte that is not as it must be, or of the record or block that it belongs to. Of a compressed segment: in the
  // plain bytes, as `zstd -d` gives them, unless it cannot be decompressed there.
  uint64_t offset = 0;
  std::string what;
};

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_VERIFY_FINDING_H_
