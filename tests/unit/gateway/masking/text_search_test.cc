#include "gateway/masking/detectors/text_search.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/gateway/masking/masked_reply.h"

namespace postern::masking {
namespace {

constexpr char kCard[] = "4111 1111 1111 1111";

std::shared_ptr<const Detector> Cards(bool mask) { return *Detector::Make({.kinds = {Kind::kCard}, .mask = mask}); }

std::string Searched(TextSearch& search, std::string_view text, size_t step) {
  std::string out;
  if (text.empty()) search.Search("", true, out);
  for (size_t at = 0; at < text.size(); at += std::min(step, text.size() - at)) {
    search.Search(text.substr(at, step), at + step >= text.size(), out);
  }
  return out;
}

TEST_CASE("of several detectors each acts as it says") {
  const std::vector<Detector::Options> several = {{.kinds = {Kind::kEmail}, .mask = false},
                                                  {.kinds = {Kind::kCard}, .patterns = {"K-[0-9]"}, .mask = true}};
  const auto detector = *Detector::Make(several);
  TextSearch search(detector.get());
  std::string out;
  search.Search("ann@example.com 4111111111111111 K-7", true, out);
  CHECK(out == "ann@example.com **************** ***");
  CHECK(search.findings().total() == 3);
}

TEST_CASE("what is found becomes stars of the same length, or is only counted") {
  const std::string text = std::string("pay ") + kCard + " now";
  for (const size_t step : {size_t{1}, size_t{5}, size_t{1000}}) {
    const auto kept = Cards(true);
    TextSearch search(kept.get());
    CHECK(Searched(search, text, step) == "pay ******************* now");
    CHECK(search.findings().of(Kind::kCard) == 1);
    const auto counting = Cards(false);
    TextSearch report(counting.get());
    CHECK(Searched(report, text, step) == text);
    CHECK(report.findings().total() == 1);
  }
}

TEST_CASE("in a long text a card is found once, wherever the windows end") {
  const auto detector = Cards(true);
  const size_t window = TextSearch::kWindowBytes;
  for (const size_t at : {size_t{0}, window - 8192 - 20, window - 8192 - 10, window - 8192, window - 20, window - 10,
                          window, window + 1, 2 * window - 8192 - 10, 3 * window}) {
    std::string text(4 * window, '.');
    text.replace(at, sizeof(kCard) - 1, kCard);
    std::string expected(4 * window, '.');
    expected.replace(at, sizeof(kCard) - 1, sizeof(kCard) - 1, '*');
    for (const size_t step : {size_t{1000}, size_t{65536}, size_t{100000}, SIZE_MAX / 2}) {
      CAPTURE(at, step);
      TextSearch search(detector.get());
      CHECK(Searched(search, text, step) == expected);
      CHECK(search.findings().total() == 1);
    }
  }
}

TEST_CASE("detectors look through the clear text of a result and leave the rest") {
  using namespace std::string_literals;
  const std::vector<mysql::ColumnDefinition41> columns = {
      Column(FieldType::kLong), Column(FieldType::kVarString, kUtf8mb4), Column(FieldType::kBlob, kBinary),
      Column(FieldType::kVarString, kUtf8mb4)};
  mysql::ReplyBuilder reply(mysql::capability::kDeprecateEof);
  reply.Packet("\x04");
  for (const auto& column : columns) reply.Packet(column.Encode());
  reply.Packet(TextRow({"1", std::string("pay ") + kCard, kCard, kCard}))
      .Packet(TextRow({"2", "nothing", std::nullopt, ""}));
  reply.RowsEnd();
  for (const size_t step : {SIZE_MAX, size_t{1}, size_t{9}}) {
    FixedJudge judge({std::nullopt, std::nullopt, std::nullopt, MaskOf(policy::MaskKind::kKeepLast, 4)});
    judge.detector = Cards(true);
    ResultMasker::Options options;
    options.capabilities = mysql::capability::kDeprecateEof;
    ResultMasker masker(options);
    masker.Begin(mysql::ReplyShape::kQuery, judge);
    const Masked masked = Feed(masker, reply.wire(), step);
    INFO(masked.status.ToString());
    REQUIRE(masked.done);
    CHECK(masker.findings().of(Kind::kCard) == 1);
    const auto packets = PacketsOf(masked.out);
    REQUIRE((packets && packets->size() == 8));
    CHECK((*packets)[2] == columns[1].Encode());
    CHECK(ReadRow(columns, Protocol::kText, (*packets)[5]) ==
          Values{"1", "pay *******************", kCard, "****1111"});
    CHECK(ReadRow(columns, Protocol::kText, (*packets)[6]) == Values{"2", "nothing", std::nullopt, "****"});
  }
}

}  // namespace
}  // namespace postern::masking
