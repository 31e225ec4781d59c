#include <catch2/catch.hpp>

#include <string>

#include "common/mysql/message/command.h"

namespace postern::mysql {
namespace {

using namespace std::string_literals;

constexpr Capabilities kWith = capability::kQueryAttributes;

TEST_CASE("a query without attributes has an empty prefix where they were negotiated") {
  ComQuery query{{}, "SELECT 1"};
  CHECK(query.Encode(0) == "\x03SELECT 1");
  CHECK(query.Encode(kWith) == "\x03\x00\x01SELECT 1"s);
  CHECK(ComQuery::Decode(AsBytes("\x03\x00\x01SELECT 1"s), kWith)->sql == "SELECT 1");
  CHECK(ComQuery::Decode(AsBytes("\x03SELECT 1"s), 0)->sql == "SELECT 1");
}

TEST_CASE("a query's attributes come and go as the leg has them") {
  ComQuery query{
      {{{FieldType::kString, false, "trace"}, Value("abc"s)}, {{FieldType::kLongLong, true, "n"}, Value(uint64_t{7})}},
      "SELECT 1"};
  std::string payload = query.Encode(kWith);
  auto read = ComQuery::Decode(AsBytes(payload), kWith);
  REQUIRE(read.ok());
  CHECK(read->attributes == query.attributes);
  CHECK(read->sql == "SELECT 1");
  CHECK(read->Encode(0) == "\x03SELECT 1");
}

TEST_CASE("a prefix that lies about itself is refused: it would move where the SQL starts") {
  for (const std::string& prefix : {"\x00\x02"s, "\x00\x00"s, "\xFB\x01"s, "\x01\x01\x00\x00"s, "\x01\x01\x00\x02"s,
                                    "\x01\x01\x00\x01\xF4\x00\x01n"s, "\x01\x01\x00\x01\x03\x01\x01n...."s, ""s}) {
    std::string payload = "\x03" + prefix;
    CAPTURE(payload.size());
    CHECK_FALSE(ComQuery::Decode(AsBytes(payload), kWith).ok());
  }
  std::string many = "\x03\xFC\xFF\xFF\x01SELECT 1"s;
  CHECK(absl::IsResourceExhausted(ComQuery::Decode(AsBytes(many), kWith).status()));
}

StmtExecute Everything() {
  DatetimeValue datetime{11, 2026, 11, 21, 20, 5, 9, 123456};
  TimeValue time{8, true, 2, 3, 4, 5, 0};
  StmtExecute execute;
  execute.statement_id = 9;
  execute.new_types = true;
  execute.parameters = {
      {{FieldType::kTiny, false, ""}, int64_t{-1}},
      {{FieldType::kTiny, true, ""}, uint64_t{255}},
      {{FieldType::kShort, false, ""}, int64_t{-300}},
      {{FieldType::kLong, false, ""}, int64_t{-70000}},
      {{FieldType::kLongLong, true, ""}, UINT64_MAX},
      {{FieldType::kFloat, false, ""}, 1.5f},
      {{FieldType::kDouble, false, ""}, 0.1},
      {{FieldType::kVarString, false, ""}, "O'Neill"s},
      {{FieldType::kBlob, false, ""}, "\x00\xFF"s},
      {{FieldType::kDatetime, false, ""}, datetime},
      {{FieldType::kTime, false, ""}, time},
      {{FieldType::kNull, false, ""}, NullValue{}},
      {{FieldType::kVarString, false, ""}, NullValue{}},
  };
  return execute;
}

ExecuteContext Context(Capabilities capabilities, const StmtExecute& execute) {
  ExecuteContext context;
  context.capabilities = capabilities;
  context.parameters = static_cast<uint16_t>(execute.parameters.size());
  return context;
}

TEST_CASE("every parameter type keeps its value, in both layouts") {
  StmtExecute execute = Everything();
  for (Capabilities capabilities : {Capabilities{0}, kWith}) {
    std::string payload = execute.Encode(capabilities);
    auto read = StmtExecute::Decode(AsBytes(payload), Context(capabilities, execute));
    INFO(read.status().ToString());
    REQUIRE(read.ok());
    CHECK(read->parameters == execute.parameters);
    CHECK(read->attributes.empty());
    CHECK(read->Encode(capabilities) == payload);
    for (size_t length = 0; length < payload.size(); ++length) {
      CHECK_FALSE(StmtExecute::Decode(AsBytes(payload).first(length), Context(capabilities, execute)).ok());
    }
  }
}

TEST_CASE("attributes follow the statement's parameters and are dropped for a leg without them") {
  StmtExecute execute = Everything();
  execute.attributes = {{{FieldType::kString, false, "trace"}, "abc"s}};
  auto read = StmtExecute::Decode(AsBytes(execute.Encode(kWith)), Context(kWith, execute));
  REQUIRE(read.ok());
  CHECK(read->attributes == execute.attributes);
  CHECK(read->parameters == execute.parameters);
  std::string recoded = read->Encode(0);
  auto again = StmtExecute::Decode(AsBytes(recoded), Context(0, execute));
  REQUIRE(again.ok());
  CHECK(again->parameters == execute.parameters);
  CHECK(again->attributes.empty());
}

TEST_CASE("a statement without parameters may still carry attributes") {
  StmtExecute execute;
  execute.attributes = {{{FieldType::kString, false, "trace"}, "abc"s}};
  auto read = StmtExecute::Decode(AsBytes(execute.Encode(kWith)), Context(kWith, execute));
  REQUIRE(read.ok());
  CHECK(read->attributes == execute.attributes);
}

TEST_CASE("a second execution without types uses those of the first") {
  ExecuteContext context;
  context.parameters = 1;
  std::string payload = "\x17\x01\0\0\0\0\x01\0\0\0\0\0\x2A\0\0\0"s;
  CHECK(absl::IsInvalidArgument(StmtExecute::Decode(AsBytes(payload), context).status()));
  std::vector<ParameterType> types = {{FieldType::kLong, false, ""}};
  context.last_types = types;
  auto read = StmtExecute::Decode(AsBytes(payload), context);
  REQUIRE(read.ok());
  CHECK_FALSE(read->new_types);
  CHECK(read->parameters[0].value == Value(int64_t{42}));
  CHECK(read->Types() == types);
}

TEST_CASE("a parameter sent ahead has no value inline, and cannot be NULL as well") {
  StmtExecute execute;
  execute.parameters = {{{FieldType::kBlob, false, ""}, LongDataValue{}}, {{FieldType::kTiny, false, ""}, int64_t{1}}};
  std::string payload = execute.Encode(0);
  ExecuteContext context = Context(0, execute);
  std::vector<uint16_t> sent = {0};
  context.long_data = sent;
  auto read = StmtExecute::Decode(AsBytes(payload), context);
  REQUIRE(read.ok());
  CHECK(read->parameters == execute.parameters);
  payload[10] = 1;
  CHECK_FALSE(StmtExecute::Decode(AsBytes(payload), context).ok());
}

TEST_CASE("values read as a person writes them") {
  auto text = [](Value value) { return ParameterText({{FieldType::kString, false, ""}, std::move(value)}); };
  CHECK(text(NullValue{}) == "NULL");
  CHECK(text(int64_t{-42}) == "-42");
  CHECK(text("it's"s) == "'it''s'");
  CHECK(text("\x00\xFF"s) == "x'00ff'");
  CHECK(text(DatetimeValue{7, 2026, 11, 21, 20, 5, 9, 0}) == "'2026-11-21 20:05:09'");
  CHECK(text(DatetimeValue{4, 2026, 11, 21, 0, 0, 0, 0}) == "'2026-11-21'");
  CHECK(text(TimeValue{12, true, 2, 3, 4, 5, 6}) == "'-51:04:05.000006'");
  CHECK(text(LongDataValue{}) == "(long data)");
  CHECK(ParameterText({{FieldType::kString, false, ""}, std::string(5000, 'a')}, 3) == "'aaa'… (5000 bytes)");
}

}  // namespace
}  // namespace postern::mysql
