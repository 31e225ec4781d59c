#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/wire/packet.h"
#include "common/mysql/wire/reader.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

TEST_CASE("length-encoded integers have one reading each") {
  struct Row {
    std::string bytes;
    uint64_t value;
  };
  using namespace std::string_literals;
  for (const Row& row : {Row{"\x00"s, 0}, Row{"\xFA"s, 250}, Row{"\xFC\xFB\x00"s, 251}, Row{"\xFC\xFF\xFF"s, 65535},
                         Row{"\xFD\x00\x00\x01"s, 65536}, Row{"\xFE\x00\x00\x00\x01\x00\x00\x00\x00"s, 16777216}}) {
    Reader reader(AsBytes(row.bytes), "test");
    CHECK(reader.LenencInt() == row.value);
    CHECK(reader.Finish().ok());
    std::string written;
    Writer(written).LenencInt(row.value);
    CHECK(written == row.bytes);
  }
}

TEST_CASE("FB and FF are not lengths, and the end of the bytes is not a mistake of form") {
  using namespace std::string_literals;
  for (const std::string& bytes : {"\xFB"s, "\xFF"s}) {
    Reader reader(AsBytes(bytes), "test");
    reader.LenencInt();
    CHECK(absl::IsInvalidArgument(reader.status()));
  }
  for (const std::string& bytes : {""s, "\xFC\x01"s, "\xFE\x01\x02\x03"s}) {
    Reader reader(AsBytes(bytes), "test");
    reader.LenencInt();
    CHECK(absl::IsOutOfRange(reader.status()));
  }
}

TEST_CASE("a string longer than its limit is too large before it is truncated") {
  std::string bytes = "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
  Reader reader(AsBytes(bytes), "test");
  CHECK(reader.LenencBytes(100).empty());
  CHECK(absl::IsResourceExhausted(reader.status()));
}

TEST_CASE("a reader's first fault sticks and later reads give nothing") {
  std::string bytes = "ab";
  Reader reader(AsBytes(bytes), "test");
  CHECK(reader.U32() == 0);
  CHECK(reader.U8() == 0);
  CHECK(reader.remaining() == 0);
  CHECK(absl::IsOutOfRange(reader.Finish()));
}

std::string Framed(const std::string& payload, uint8_t sequence = 0) {
  std::string wire;
  AppendPacket(wire, AsBytes(payload), sequence);
  return wire;
}

TEST_CASE("payloads split at 16 MiB and join again, whatever the chunks") {
  for (size_t size : {size_t{0}, size_t{1}, size_t{kMaxPhysicalPayload - 1}, size_t{kMaxPhysicalPayload},
                      size_t{kMaxPhysicalPayload + 1}, size_t{2} * kMaxPhysicalPayload}) {
    std::string payload(size, 'x');
    std::string wire = Framed(payload, 254);
    PacketAssembler assembler(64 << 20);
    size_t step = size < 100 ? 1 : 1 << 20;
    for (size_t at = 0; at < wire.size(); at += step) {
      auto early = assembler.Next();
      REQUIRE(early.ok());
      CHECK_FALSE(early->has_value());
      assembler.Append(AsBytes(std::string_view(wire).substr(at, step)));
    }
    auto packet = assembler.Next();
    REQUIRE(packet.ok());
    REQUIRE(packet->has_value());
    CHECK(AsText((*packet)->payload) == payload);
    CHECK((*packet)->physical_packets == size / kMaxPhysicalPayload + 1);
    CHECK((*packet)->first_sequence == 254);
    CHECK((*packet)->last_sequence == static_cast<uint8_t>(254 + size / kMaxPhysicalPayload));
    CHECK(assembler.Finish().ok());
    CHECK(assembler.buffered_bytes() == 0);
  }
}

TEST_CASE("several packets in one chunk come out one by one") {
  std::string wire = Framed("one") + Framed("") + Framed("three", 7);
  PacketAssembler assembler(100);
  assembler.Append(AsBytes(wire));
  for (const char* expected : {"one", "", "three"}) {
    auto packet = assembler.Next();
    REQUIRE(packet.ok());
    REQUIRE(packet->has_value());
    CHECK(AsText((*packet)->payload) == expected);
  }
  CHECK_FALSE((*assembler.Next()).has_value());
}

TEST_CASE("a header over the limit is refused before its payload comes") {
  PacketAssembler assembler(10);
  std::string header("\x0B\x00\x00\x00", 4);
  assembler.Append(AsBytes(header));
  CHECK(absl::IsResourceExhausted(assembler.Next().status()));
  CHECK(absl::IsResourceExhausted(assembler.Next().status()));
}

TEST_CASE("continued packets count against the limit together") {
  PacketAssembler assembler(kMaxPhysicalPayload + 5);
  std::string wire = Framed(std::string(kMaxPhysicalPayload + 6, 'x'));
  assembler.Append(AsBytes(wire));
  CHECK(absl::IsResourceExhausted(assembler.Next().status()));
}

TEST_CASE("sequence ids are checked where they are known") {
  PacketAssembler command(100);
  command.ExpectSequence(0);
  std::string wire = Framed("x", 1);
  command.Append(AsBytes(wire));
  CHECK(absl::IsInvalidArgument(command.Next().status()));

  std::string continued = Framed(std::string(kMaxPhysicalPayload, 'x'));
  continued[continued.size() - 1] = 5;
  PacketAssembler joined(64 << 20);
  joined.Append(AsBytes(continued));
  CHECK(absl::IsInvalidArgument(joined.Next().status()));
}

TEST_CASE("bytes_wanted never leads past a packet, and smuggled bytes show") {
  std::string wire = Framed("0123456789");
  PacketAssembler assembler(100);
  size_t at = 0;
  while (assembler.bytes_wanted() > 0) {
    size_t count = assembler.bytes_wanted();
    assembler.Append(AsBytes(std::string_view(wire).substr(at, count)));
    at += count;
  }
  CHECK(at == wire.size());
  CHECK((*assembler.Next()).has_value());
  CHECK(assembler.buffered_bytes() == 0);
  assembler.Append(AsBytes("plain text"));
  CHECK(assembler.buffered_bytes() == 10);
}

TEST_CASE("a wiped assembler holds nothing and goes on with the next packet") {
  PacketAssembler assembler(100);
  assembler.Append(AsBytes(Framed("secret") + Framed("more")));
  auto packet = assembler.Next();
  REQUIRE((*packet).has_value());
  const char* where = AsText((*packet)->payload).data();
  assembler.Wipe();
  CHECK(std::string_view(where, 1) != "s");
  CHECK(assembler.buffered_bytes() == 0);
  assembler.Append(AsBytes(Framed("next")));
  packet = assembler.Next();
  REQUIRE((*packet).has_value());
  CHECK(AsText((*packet)->payload) == "next");
}

TEST_CASE("a stream that ends inside a packet is truncated") {
  std::string wire = Framed("0123456789");
  for (size_t length = 1; length < wire.size(); ++length) {
    PacketAssembler assembler(100);
    assembler.Append(AsBytes(std::string_view(wire).substr(0, length)));
    CHECK_FALSE((*assembler.Next()).has_value());
    CHECK(absl::IsOutOfRange(assembler.Finish()));
  }
}

}  // namespace
}  // namespace postern::mysql
