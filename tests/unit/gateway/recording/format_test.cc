#include "gateway/recording/segment/format.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/recording/segment/crc32c.h"

namespace postern::recording {
namespace {

SegmentHeader SomeHeader() {
  SegmentHeader header{.segment = 7, .previous_bytes = 0x0102030405, .chain = {}, .marker = 0xA1B2C3D4};
  header.chain[0] = 0xAA;
  header.chain[31] = 0xBB;
  return header;
}

TEST_CASE("CRC-32C agrees with its published check value, however it is computed") {
  CHECK(Crc32c("123456789") == 0xE3069283);
  CHECK(Crc32c("56789", Crc32c("1234")) == 0xE3069283);
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    CHECK(Crc32c(bytes) == Crc32cByTable(bytes));
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST_CASE("a segment header stands byte for byte as documented") {
  const std::string bytes = EncodeSegmentHeader(SomeHeader());
  REQUIRE(bytes.size() == kSegmentHeaderBytes);
  CHECK(bytes.substr(0, 8) == "PSTNJRNL");
  CHECK(bytes.substr(8, 4) == std::string("\x01\0\0\0", 4));
  CHECK(bytes.substr(12, 4) == std::string("\x07\0\0\0", 4));
  CHECK(bytes.substr(16, 8) == std::string("\x05\x04\x03\x02\x01\0\0\0", 8));
  CHECK(bytes[24] == '\xAA');
  CHECK(bytes[55] == '\xBB');
  CHECK(bytes.substr(56, 4) == "\xD4\xC3\xB2\xA1");
}

TEST_CASE("a segment header comes back, and no damaged or shortened one does") {
  const std::string bytes = EncodeSegmentHeader(SomeHeader());
  const auto header = DecodeSegmentHeader(bytes);
  REQUIRE(header.ok());
  CHECK(header->segment == 7);
  CHECK(header->previous_bytes == 0x0102030405);
  CHECK(header->chain == SomeHeader().chain);
  CHECK(header->marker == 0xA1B2C3D4);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CHECK_FALSE(DecodeSegmentHeader(damaged).ok());
    CHECK_FALSE(DecodeSegmentHeader(bytes.substr(0, at)).ok());
  }
}

TEST_CASE("a frame stands byte for byte as documented, and any changed byte shows") {
  ChainHash chain{};
  chain[0] = 0xCC;
  std::string frame;
  AppendFrame(0x01020304, 0x0A0B, chain, "hello", frame);
  REQUIRE(frame.size() == kFrameHeaderBytes + 5);
  CHECK(frame.substr(0, 4) == "\x04\x03\x02\x01");
  CHECK(frame.substr(4, 4) == std::string("\x05\0\0\0", 4));
  CHECK(frame.substr(8, 8) == std::string("\x0B\x0A\0\0\0\0\0\0", 8));
  CHECK(frame[20] == '\xCC');
  CHECK(frame.substr(52) == "hello");
  CHECK(FrameIsSound(frame));
  for (size_t at = 0; at < frame.size(); ++at) {
    std::string damaged = frame;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
    CHECK_FALSE(FrameIsSound(damaged));
  }
}

TEST_CASE("the chain is the SHA-256 of what came before and the payload") {
  // head -c 32 /dev/zero, then "abc", through sha256sum: 36 … 70.
  const ChainHash first = NextChain(ChainHash{}, "abc");
  CHECK(first != NextChain(ChainHash{}, "abd"));
  CHECK(NextChain(first, "abc") != first);
  CHECK(first[0] == 0x36);
  CHECK(first[31] == 0x70);
}

}  // namespace
}  // namespace postern::recording
