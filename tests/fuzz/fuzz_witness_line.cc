// Property: any line is a checkpoint or is refused, and one that is taken is written as it was understood.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/recording/segment/checkpoint.h"

using namespace postern::recording;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto checkpoint = FromWitnessLine({reinterpret_cast<const char*>(data), size});
  if (!checkpoint.ok()) return 0;
  const auto again = FromWitnessLine(ToWitnessLine(*checkpoint));
  if (!again.ok() || ToWitnessLine(*again) != ToWitnessLine(*checkpoint)) std::abort();
  (void)IsGenuine(*checkpoint);
  return 0;
}
