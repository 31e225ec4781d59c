#include "common/text/utf8.h"

#include <catch2/catch.hpp>

#include <string>

namespace postern::text {
namespace {

TEST_CASE("only what is UTF-8 passes for it") {
  for (const char* good : {"", "plain", "Größe", "数", "😀", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) CHECK(IsValidUtf8(good));
  for (const char* bad : {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98"}) {
    INFO(bad);
    CHECK_FALSE(IsValidUtf8(bad));
    CHECK(IsValidUtf8(ValidUtf8(bad)));
  }
}

TEST_CASE("bytes that are no characters are written out, and nothing else changes") {
  CHECK(ValidUtf8("a\xff\x1b") == "a\\xff\x1b");
  CHECK(ValidUtf8("Gr\xc3\xb6\xc3") == "Grö\\xc3");
}

TEST_CASE("a text is cut between characters") {
  CHECK(CutUtf8("Größe", 3) == "Gr");
  CHECK(CutUtf8("Größe", 4) == "Grö");
  CHECK(CutUtf8("ab", 5) == "ab");
  CHECK(CutUtf8("", 0) == "");
  CHECK(CutUtf8("\x80\x80", 1) == "");
}

}  // namespace
}  // namespace postern::text
