#include "common/sql/lexer/keyword.h"

#include <array>

#include "common/sql/ascii.h"

namespace postern::sql {
namespace {

struct Row {
  std::string_view word;
  int mysql;
  int mariadb;
};

constexpr Row kRows[] = {
    {"", 0, 0},
#define X(word, mysql, mariadb) {#word, mysql, mariadb},
#include "common/sql/lexer/keyword_list.inc"
#undef X
};

constexpr size_t kSlots = 4096;  // four times the words: a miss ends at once nearly always
constexpr size_t kLongest = 64;

// Of the length and four letters in any case: telling words apart needs no more, and this runs for every word of a text.
constexpr uint32_t Hash(std::string_view word) {
  const auto letter = [&](size_t at) { return static_cast<uint32_t>(static_cast<unsigned char>(word[at])) | 0x20u; };
  const size_t size = word.size();
  uint32_t hash = static_cast<uint32_t>(size);
  for (const size_t at : {size_t{0}, size_t{1}, size / 2, size - 1}) hash = hash * 37 + letter(at);
  return hash ^ (hash >> 11);
}

constexpr std::array<uint16_t, kSlots> BuildSlots() {
  std::array<uint16_t, kSlots> slots{};
  for (size_t i = 1; i < std::size(kRows); ++i) {
    size_t slot = Hash(kRows[i].word) % kSlots;
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint16_t>(i);
  }
  return slots;
}

const std::array<uint16_t, kSlots> kTable = BuildSlots();

}  // namespace

Kw FindKeyword(std::string_view word) {
  if (word.size() < 2 || word.size() > kLongest) return Kw::kNone;
  for (size_t slot = Hash(word) % kSlots; kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    if (EqualsIgnoreCase(kRows[kTable[slot]].word, word)) return static_cast<Kw>(kTable[slot]);
  }
  return Kw::kNone;
}

std::string_view KeywordText(Kw keyword) { return kRows[static_cast<size_t>(keyword)].word; }

bool IsReserved(Kw keyword, const Dialect& dialect) {
  const Row& row = kRows[static_cast<size_t>(keyword)];
  const int since = dialect.IsMariaDb() ? row.mariadb : row.mysql;
  return since != 0 && dialect.version >= since;
}

bool IsAdjacentFunction(Kw keyword, const Dialect& dialect) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
  switch (keyword) {
    case Kw::kADDDATE:
    case Kw::kBIT_AND:
    case Kw::kBIT_OR:
    case Kw::kBIT_XOR:
    case Kw::kCAST:
    case Kw::kCOUNT:
    case Kw::kCURDATE:
    case Kw::kCURTIME:
    case Kw::kDATE_ADD:
    case Kw::kDATE_SUB:
    case Kw::kEXTRACT:
    case Kw::kGROUP_CONCAT:
    case Kw::kJSON_ARRAYAGG:
    case Kw::kJSON_OBJECTAGG:
    case Kw::kMAX:
    case Kw::kMID:
    case Kw::kMIN:
    case Kw::kNOW:
    case Kw::kPOSITION:
    case Kw::kSESSION_USER:
    case Kw::kSTD:
    case Kw::kSTDDEV:
    case Kw::kSTDDEV_POP:
    case Kw::kSTDDEV_SAMP:
    case Kw::kSUBDATE:
    case Kw::kSUBSTR:
    case Kw::kSUBSTRING:
    case Kw::kSUM:
    case Kw::kSYSDATE:
    case Kw::kSYSTEM_USER:
    case Kw::kTRIM:
    case Kw::kVARIANCE:
    case Kw::kVAR_POP:
    case Kw::kVAR_SAMP:
      return true;
    case Kw::kST_COLLECT:
    case Kw::kJSON_DUALITY_OBJECT:
      return !dialect.IsMariaDb();
    case Kw::kCUME_DIST:
    case Kw::kDENSE_RANK:
    case Kw::kFIRST_VALUE:
    case Kw::kLAG:
    case Kw::kLEAD:
    case Kw::kMEDIAN:
    case Kw::kNTH_VALUE:
    case Kw::kNTILE:
    case Kw::kPERCENTILE_CONT:
    case Kw::kPERCENTILE_DISC:
    case Kw::kPERCENT_RANK:
    case Kw::kRANK:
      return dialect.IsMariaDb();
    default:
      return false;
  }
#pragma GCC diagnostic pop
}

}  // namespace postern::sql
