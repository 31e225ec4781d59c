#include "common/mysql/flow/text_reply.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "common/mysql/message/column.h"
#include "common/mysql/wire/writer.h"

namespace postern::mysql {
namespace {

constexpr Capabilities kNegotiated = capability::kProtocol41 | capability::kDeprecateEof | capability::kTransactions;

std::string Count(uint64_t columns) { return ColumnCount{columns}.Encode(); }

std::string Column(const std::string& name) {
  ColumnDefinition41 column;
  column.name = name;
  column.type = FieldType::kVarString;
  return column.Encode();
}

std::string RowOf(const std::vector<std::optional<std::string>>& values) {
  std::string row;
  Writer writer(row);
  for (const auto& value : values) value ? writer.LenencText(*value) : writer.U8(0xFB);
  return row;
}

std::string Ok(bool ends_rows, uint64_t affected = 0, uint16_t status = server_status::kAutocommit) {
  OkPacket ok;
  ok.ends_rows = ends_rows;
  ok.affected_rows = affected;
  ok.status_flags = status;
  return ok.Encode(kNegotiated);
}

// The first error, or OK.
absl::Status Feed(TextReply& reply, const std::vector<std::string>& packets) {
  for (const std::string& packet : packets) {
    if (absl::Status status = reply.OnPacket(AsBytes(packet)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

const std::vector<std::string> kTwoRows = {Count(2), Column("a"), Column("b"), RowOf({"1", std::nullopt}), RowOf({"", "x"}), Ok(true)};

TEST_CASE("a result is its rows, with NULL and the empty text apart") {
  TextReply reply(kNegotiated);
  REQUIRE(Feed(reply, kTwoRows).ok());
  CHECK(reply.done());
  CHECK_FALSE(reply.error());
  CHECK(reply.rows() == std::vector<TextReply::Row>{{"1", std::nullopt}, {"", "x"}});
}

TEST_CASE("a change is how many rows it met, and a refusal is an answer") {
  TextReply changed(kNegotiated);
  REQUIRE(Feed(changed, {Ok(false, 3)}).ok());
  CHECK(changed.done());
  CHECK(changed.affected_rows() == 3);

  TextReply refused(kNegotiated);
  REQUIRE(Feed(refused, {ErrPacket{1142, "42000", "held"}.Encode()}).ok());
  REQUIRE(refused.error());
  CHECK(refused.error()->code == 1142);

  TextReply broken(kNegotiated);
  REQUIRE(Feed(broken, {Count(1), Column("a"), RowOf({"1"}), ErrPacket{3024, "HY000", "time"}.Encode()}).ok());
  CHECK(broken.error()->code == 3024);
}

TEST_CASE("what is cut off anywhere is an error or not done") {
  for (size_t packet = 0; packet < kTwoRows.size(); ++packet) {
    for (size_t bytes = 0; bytes < kTwoRows[packet].size(); ++bytes) {
      TextReply reply(kNegotiated);
      REQUIRE(Feed(reply, {kTwoRows.begin(), kTwoRows.begin() + static_cast<std::ptrdiff_t>(packet)}).ok());
      const std::string cut = kTwoRows[packet].substr(0, bytes);
      INFO(packet << " " << bytes);
      CHECK_FALSE((reply.OnPacket(AsBytes(cut)).ok() && reply.done()));
    }
  }
}

TEST_CASE("what a small answer cannot be is refused") {
  const auto error_of = [](const std::vector<std::string>& packets, TextReply::Limits limits = {}) {
    TextReply reply(kNegotiated, limits);
    return Feed(reply, packets).code();
  };
  CHECK(error_of({Count(3)}, {.columns = 2}) == absl::StatusCode::kResourceExhausted);
  CHECK(error_of(kTwoRows, {.rows = 1}) == absl::StatusCode::kResourceExhausted);
  CHECK(error_of(kTwoRows, {.bytes = 3}) == absl::StatusCode::kResourceExhausted);
  CHECK(error_of({"\xFB" "file"}) == absl::StatusCode::kUnimplemented);
  CHECK(error_of({Ok(false, 0, server_status::kMoreResults)}) == absl::StatusCode::kUnimplemented);
  CHECK(error_of({Count(1), Column("a"), RowOf({"1", "2"})}) == absl::StatusCode::kInvalidArgument);
  CHECK(error_of({Ok(false), Ok(false)}) == absl::StatusCode::kInvalidArgument);
  CHECK(error_of({""}) == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace postern::mysql
