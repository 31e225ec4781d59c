#include "common/mysql/collation.h"

namespace postern::mysql {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
  std::string_view charset;
};

constexpr Range kSafe[] = {
    {5, 5, "latin1"},      {8, 8, "latin1"},      {11, 11, "ascii"},  {15, 15, "latin1"},    {31, 31, "latin1"},
    {33, 33, "utf8mb3"},   {45, 46, "utf8mb4"},   {47, 49, "latin1"}, {63, 63, "binary"},    {65, 65, "ascii"},
    {76, 76, "utf8mb3"},   {83, 83, "utf8mb3"},   {94, 94, "latin1"}, {192, 215, "utf8mb3"}, {223, 223, "utf8mb3"},
    {224, 247, "utf8mb4"}, {255, 323, "utf8mb4"},
};

}  // namespace

std::string_view SafeCharsetOf(uint32_t collation_id) {
  for (const Range& range : kSafe) {
    if (collation_id >= range.first && collation_id <= range.last) return range.charset;
  }
  return {};
}

}  // namespace postern::mysql
