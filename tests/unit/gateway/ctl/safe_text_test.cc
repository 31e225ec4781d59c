#include "gateway/ctl/safe_text.h"

#include <catch2/catch.hpp>

namespace postern::ctl {
namespace {

TEST_CASE("nothing of a hostile text steers the terminal") {
  struct Case {
    std::string text;
    std::string shown;
  };
  const Case cases[] = {
      {"DROP \x1b[2K\x1b[1GSELECT 1", "DROP \\x1b[2K\\x1b[1GSELECT 1"},
      {"a\rb\x7f", "a\\x0db\\x7f"},
      {"a\nb\tc", "a b c"},
      {"\xe2\x80\xae evil", "\\u{202e} evil"},                 // right-to-left override
      {"x\xe2\x80\x8b\xef\xbb\xbfy", "x\\u{200b}\\u{feff}y"},  // zero width
      {"\xc2\x9b"
       "31m",
       "\\u{9b}31m"},  // C1 CSI
      {"\x9b"
       "31m",
       "\\x9b31m"},                                           // the same as a raw byte
      {"\xc0\x80\xed\xa0\x80", "\\xc0\\x80\\xed\\xa0\\x80"},  // overlong, surrogate
      {std::string("a\0b", 3), "a\\x00b"},
      {"Größe 数", "Größe 数"},
      {"\xf3\xa0\x81\x81", "\\u{e0041}"},  // tag letters
  };
  for (const Case& test : cases) CHECK(OneLine(test.text) == test.shown);
}

TEST_CASE("marks piled on a letter do not climb over other lines") {
  std::string text = "a";
  for (int i = 0; i < 5; ++i) text += "\xcc\x81";
  CHECK(OneLine(text) == "a\xcc\x81\xcc\x81\\u{301}\\u{301}\\u{301}");
}

TEST_CASE("every line of a block is indented, so that none can pass for ours") {
  CHECK(Block("SELECT 1\nstate  approved\r\n", "    ") == "    SELECT 1\n    state  approved\\x0d\n    ");
}

TEST_CASE("shortening counts columns, not bytes") {
  CHECK(Shortened("SELECT 1", 8) == "SELECT 1");
  CHECK(Shortened("SELECT 12", 8) == "SELECT …");
  CHECK(Width(Shortened("数数数数数数", 6)) <= 6);
  CHECK(Shortened(std::string(1 << 20, 'x'), 5) == "xxxx…");
}

}  // namespace
}  // namespace postern::ctl
