#include "common/link/chunk.h"

#include <google/protobuf/stubs/logging.h>

#include <catch2/catch.hpp>
#include <random>
#include <utility>

namespace postern::link {
namespace {

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  REQUIRE(buffer.Dump(&slices).ok());
  std::string all;
  for (const grpc::Slice& slice : slices) all.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return all;
}

// The message as a transport might deliver it, cut at random places.
grpc::ByteBuffer Cut(const std::string& bytes, std::mt19937& random) {
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size();) {
    const size_t size = std::min<size_t>(bytes.size() - at, random() % 3 == 0 ? random() % 4 : random() % 20'000);
    slices.emplace_back(bytes.data() + at, size);
    at += size;
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

std::string Joined(const std::vector<Piece>& pieces) {
  std::string all;
  for (const Piece& piece : pieces) {
    all.append(reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size());
  }
  return all;
}

std::string RandomText(size_t size, std::mt19937& random) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST_CASE("what we encode is what the generated class would have sent") {
  std::mt19937 random(1);
  for (size_t size : {0u, 1u, 2u, 22u, 23u, 24u, 127u, 128u, 16'383u, 16'384u, 65'536u}) {
    const std::string payload = RandomText(size, random);
    v1::Chunk chunk;
    chunk.set_data(payload);
    CHECK(Bytes(EncodeData(SliceOf(payload))) == chunk.SerializeAsString());
  }
}

TEST_CASE("what the generated class sends is read however it is cut, and pieces can be moved") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    const size_t size = round % 2 == 0 ? random() % 64 : random() % (kMaxDataBytes + 1);
    const std::string payload = RandomText(size, random);
    v1::Chunk chunk;
    chunk.set_data(payload);
    absl::StatusOr<Received> received = Decode(Cut(chunk.SerializeAsString(), random));
    REQUIRE(received.ok());
    std::vector<Piece> moved;
    for (Piece& piece : std::get<std::vector<Piece>>(*received)) moved.push_back(std::move(piece));
    moved.shrink_to_fit();
    received = absl::UnknownError("gone");
    CHECK(Joined(moved) == payload);
  }
}

TEST_CASE("control messages come back whole") {
  v1::Chunk chunk;
  chunk.mutable_opened()->set_session_id("ses_1");
  chunk.mutable_opened()->set_thread_id(42);
  absl::StatusOr<Received> received = Decode(EncodeControl(chunk));
  REQUIRE(received.ok());
  CHECK(std::get<v1::Chunk>(*received).opened().thread_id() == 42);
}

TEST_CASE("data in an unusual but legal encoding is still data") {
  // The length as a varint longer than it needs to be, then field 1 twice: the last one counts.
  std::mt19937 random(3);
  for (const std::string& bytes : {std::string("\x0A\x83\x00" "abc", 6), std::string("\x0A\x01x\x0A\x03" "abc", 8)}) {
    absl::StatusOr<Received> received = Decode(Cut(bytes, random));
    REQUIRE(received.ok());
    CHECK(Joined(std::get<std::vector<Piece>>(*received)) == "abc");
  }
}

TEST_CASE("a chunk that is no chunk is refused") {
  std::mt19937 random(4);
  CHECK(Decode(grpc::ByteBuffer()).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Decode(Cut("\x0A\x05" "abc", random)).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Decode(Cut("\x7A\x01x", random)).status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a chunk over the limit is refused") {
  v1::Chunk chunk;
  chunk.set_data(std::string(kMaxChunkBytes, 'x'));
  std::mt19937 random(5);
  CHECK(Decode(Cut(chunk.SerializeAsString(), random)).status().code() == absl::StatusCode::kResourceExhausted);
}

TEST_CASE("no mutation of a chunk is read as more than it holds") {
  const google::protobuf::LogSilencer silencer;  // names that are no longer UTF-8
  std::mt19937 random(6);
  v1::Chunk control;
  control.mutable_reset()->set_schema("shop");
  v1::Chunk data;
  data.set_data("abcdefgh");
  for (const v1::Chunk* chunk : {&control, &data}) {
    const std::string good = chunk->SerializeAsString();
    for (size_t at = 0; at < good.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string bad = good;
        bad[at] = static_cast<char>(value);
        absl::StatusOr<Received> received = Decode(Cut(bad, random));
        if (!received.ok()) continue;
        if (auto* pieces = std::get_if<std::vector<Piece>>(&*received)) CHECK(Joined(*pieces).size() <= bad.size());
      }
    }
  }
}

TEST_CASE("parts of a slice share it") {
  const grpc::Slice whole = SliceOf(std::string(1000, 'a') + std::string(1000, 'b'));
  const grpc::Slice part = PartOf(whole, 1000, 1500);
  CHECK(part.size() == 500);
  CHECK(part.begin() == whole.begin() + 1000);
}

}  // namespace
}  // namespace postern::link
