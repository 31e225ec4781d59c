#include "relay-agent/mysql/packet_boundary.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

namespace postern::relay {
namespace {

TEST_CASE("the end of each packet is seen, however the bytes are cut, and nowhere else") {
  std::string bytes;
  std::vector<size_t> ends = {0};
  uint8_t sequence = 0;
  for (size_t size : {1u, 0u, 5u, 300u, 70'000u}) {
    mysql::AppendPacket(bytes, mysql::AsBytes(std::string(size, 'x')), sequence);
    ends.push_back(bytes.size());
  }
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    PacketBoundary boundary;
    for (size_t at = 0; at < bytes.size();) {
      const size_t size = std::min<size_t>(bytes.size() - at, 1 + random() % (round < 5 ? 3 : 1000));
      boundary.Pass(mysql::AsBytes(bytes).subspan(at, size));
      at += size;
      CHECK(boundary.AtBoundary() == (std::find(ends.begin(), ends.end(), at) != ends.end()));
    }
  }
}

TEST_CASE("a packet that says it goes on is no end") {
  std::string bytes;
  uint8_t sequence = 0;
  mysql::AppendPacket(bytes, mysql::AsBytes(std::string(mysql::kMaxPhysicalPayload, 'x')), sequence);
  PacketBoundary boundary;
  boundary.Pass(mysql::AsBytes(bytes).first(bytes.size() - mysql::kHeaderBytes));
  CHECK_FALSE(boundary.AtBoundary());
  boundary.Pass(mysql::AsBytes(bytes).last(mysql::kHeaderBytes));
  CHECK(boundary.AtBoundary());
}

}  // namespace
}  // namespace postern::relay
