#include "gateway/policy/masks.h"

#include <catch2/catch.hpp>

#include "tests/unit/gateway/policy/statements.h"

namespace postern::policy {
namespace {

std::string MaskedAs(const RulesPtr& rules, const char* table, const char* column, const SessionFacts& session = Agent()) {
  const auto mask = MaskOf(*rules, session, "shop", table, column);
  return mask ? MaskText(mask->mask) : "clear";
}

TEST_CASE("masks are read with their arguments") {
  const RulesPtr rules = Policy(R"(
masks:
  - { columns: [shop.c.redact], with: redact }
  - { columns: [shop.c.null], with: null }
  - { columns: [shop.c.quoted], with: "null" }
  - { columns: [shop.c.hash], with: hash }
  - { columns: [shop.c.short_hash], with: { hash: 12 } }
  - { columns: [shop.c.last], with: { keep_last: 4 } }
  - { columns: [shop.c.first], with: { keep_first: 2 } }
  - { columns: [shop.c.email], with: email }
  - { columns: [shop.c.year], with: { date: year } }
  - { columns: [shop.c.month], with: { date: month } }
  - { columns: [shop.c.round], with: { round: -2 } }
  - { columns: [shop.c.fixed], with: { fixed: "n/a" } }
)");
  CHECK(MaskedAs(rules, "c", "redact") == "redact");
  CHECK(MaskedAs(rules, "c", "null") == "null");
  CHECK(MaskedAs(rules, "c", "quoted") == "null");
  CHECK(MaskedAs(rules, "c", "hash") == "hash: 32");
  CHECK(MaskedAs(rules, "c", "short_hash") == "hash: 12");
  CHECK(MaskedAs(rules, "c", "last") == "keep_last: 4");
  CHECK(MaskedAs(rules, "c", "first") == "keep_first: 2");
  CHECK(MaskedAs(rules, "c", "email") == "email");
  CHECK(MaskedAs(rules, "c", "year") == "date: year");
  CHECK(MaskedAs(rules, "c", "month") == "date: month");
  CHECK(MaskedAs(rules, "c", "round") == "round: -2");
  CHECK(MaskOf(*rules, Agent(), "shop", "c", "fixed")->mask == Mask{.kind = MaskKind::kFixed, .value = "n/a"});
  CHECK(MaskedAs(rules, "c", "other") == "clear");
}

TEST_CASE("a mask finds its column however the statement spells it") {
  const RulesPtr rules = Policy(R"(
masks:
  - { columns: [shop.customers.email, "shop.*.card_*"], with: redact }
)");
  CHECK(MaskedAs(rules, "CUSTOMERS", "EMail") == "redact");
  CHECK(MaskedAs(rules, "customers", "émail") == "redact");
  CHECK(MaskedAs(rules, "anything", "card_number") == "redact");
  CHECK(MaskedAs(rules, "customers", "*") == "redact");
  CHECK(MaskedAs(rules, "*", "email") == "redact");
  CHECK(MaskedAs(rules, "orders", "email") == "clear");
  CHECK(MaskedAs(rules, "orders", "*") == "redact");
  CHECK(MaskOf(*rules, Agent(), "", "customers", "email"));
  SessionFacts elsewhere = Agent();
  elsewhere.default_schema = "hr";
  CHECK_FALSE(MaskOf(*rules, elsewhere, "", "customers", "email"));
  elsewhere.default_schema = "";
  CHECK(MaskOf(*rules, elsewhere, "", "customers", "email"));
}

TEST_CASE("a mask is for everybody unless it says for whom, and not for the groups it leaves out") {
  const RulesPtr rules = Policy(R"(
masks:
  - { columns: [shop.c.a], with: redact, except_groups: [privacy] }
  - { columns: [shop.c.b], with: redact, agents: [bot], targets: [prod] }
)");
  CHECK(MaskedAs(rules, "c", "a", Agent("other")) == "redact");
  CHECK(MaskedAs(rules, "c", "a", Agent("bot", {"privacy"})) == "clear");
  CHECK(MaskedAs(rules, "c", "b") == "redact");
  CHECK(MaskedAs(rules, "c", "b", Agent("other")) == "clear");
  CHECK(AnyMasks(*rules, Agent("other")));
  CHECK_FALSE(AnyMasks(*rules, Agent("other", {"privacy"})));
  const auto without = std::make_shared<const Rules>(MasksWithoutExceptions(*rules));
  CHECK(MaskedAs(without, "c", "a", Agent("bot", {"privacy"})) == "redact");
  CHECK(MaskedAs(without, "c", "b", Agent("other")) == "clear");
}

TEST_CASE("of several masks the strictest counts, whatever their order") {
  const char* const first = "  - { columns: [shop.c.a], with: { keep_last: 4 }, masked_use: any }\n";
  const char* const second = "  - { columns: [\"shop.c.*\"], with: { date: year }, masked_use: compare_equal }\n";
  for (const std::string& text : {std::string(first) + second, std::string(second) + first}) {
    const auto mask = MaskOf(*Policy("masks:\n" + text), Agent(), "shop", "c", "a");
    CHECK(mask == MaskFor{{.kind = MaskKind::kDateYear}, MaskedUse::kCompareEqual});
  }
}

TEST_CASE("the order of masks is that of the handbook") {
  const Mask order[] = {{.kind = MaskKind::kNull},
                        {.kind = MaskKind::kRedact},
                        {.kind = MaskKind::kFixed, .value = "a"},
                        {.kind = MaskKind::kFixed, .value = "b"},
                        {.kind = MaskKind::kHash, .count = 8},
                        {.kind = MaskKind::kHash, .count = 64},
                        {.kind = MaskKind::kDateYear},
                        {.kind = MaskKind::kDateMonth},
                        {.kind = MaskKind::kRound, .digits = -2},
                        {.kind = MaskKind::kRound, .digits = 0},
                        {.kind = MaskKind::kEmail},
                        {.kind = MaskKind::kKeepFirst, .count = 1},
                        {.kind = MaskKind::kKeepLast, .count = 1},
                        {.kind = MaskKind::kKeepLast, .count = 4}};
  for (size_t i = 0; i < std::size(order); ++i) {
    for (size_t k = 0; k < std::size(order); ++k) {
      const int expected = i < k ? -1 : i > k ? 1 : 0;
      CAPTURE(i, k);
      CHECK((CompareStrictness(order[i], order[k]) > 0) - (CompareStrictness(order[i], order[k]) < 0) == expected);
    }
  }
}

TEST_CASE("detectors are read with their kinds, patterns and action") {
  const RulesPtr rules = Policy(R"(
detectors:
  - agents: [bot]
    kinds: [card, api_key]
    patterns: [{ name: ticket, re2: "TCK-[0-9]{6}" }]
    action: mask
  - { kinds: [email], action: report, targets: [elsewhere] }
)");
  const std::vector<const Detector*> mine = DetectorsFor(*rules, Agent());
  REQUIRE(mine.size() == 1);
  CHECK(mine[0]->Looks(DetectorKind::kApiKey));
  CHECK_FALSE(mine[0]->Looks(DetectorKind::kPhone));
  CHECK(mine[0]->action == DetectorAction::kMask);
  CHECK(mine[0]->patterns[0].name == "ticket");
  CHECK(mine[0]->patterns[0].source == "TCK-[0-9]{6}");
  CHECK(DetectorsFor(*rules, Agent("other")).empty());
}

TEST_CASE("each mistake in masks and detectors is told with its place") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"masks:\n  - { columns: [shop.c], with: redact }",
       "p.yaml:3:17: masks[0].columns[0]: expected schema.table.column, each with at most a * at its end"},
      {"masks:\n  - { columns: [\"*a.b.c\"], with: redact }",
       "p.yaml:3:17: masks[0].columns[0]: expected schema.table.column, each with at most a * at its end"},
      {"masks:\n  - { with: redact }", "p.yaml:3:5: masks[0]: needs columns"},
      {"masks:\n  - { columns: [a.b.c] }", "p.yaml:3:5: masks[0].with: is missing"},
      {"masks:\n  - { columns: [a.b.c], with: hide }",
       "p.yaml:3:31: masks[0].with: expected one of redact, null, hash, email"},
      {"masks:\n  - { columns: [a.b.c], with: { keep_last: 0 } }",
       "p.yaml:3:44: masks[0].with.keep_last: must be from 1 to 64"},
      {"masks:\n  - { columns: [a.b.c], with: { keep: 4 } }", "p.yaml:3:33: masks[0].with.keep: unknown key"},
      {"masks:\n  - { columns: [a.b.c], with: { date: day } }",
       "p.yaml:3:39: masks[0].with.date: expected one of year, month"},
      {"masks:\n  - { columns: [a.b.c], with: redact, masked_use: some }",
       "p.yaml:3:51: masks[0].masked_use: expected one of refuse, compare_equal, any"},
      {"masks:\n  - { columns: [a.b.c], with: redact, agents: [] }",
       "p.yaml:3:47: masks[0].agents: is empty; leave it out"},
      {"detectors:\n  - { action: mask }", "p.yaml:3:5: detectors[0]: needs kinds, patterns or both"},
      {"detectors:\n  - { kinds: [card] }", "p.yaml:3:5: detectors[0].action: is missing"},
      {"detectors:\n  - { kinds: [cards], action: mask }",
       "p.yaml:3:15: detectors[0].kinds[0]: expected one of card, email, iban, ssn, phone, jwt, api_key"},
      {"detectors:\n  - { patterns: [{ name: a, re2: \"(\" }], action: mask }",
       "p.yaml:3:34: detectors[0].patterns[0].re2: is no pattern: missing ): ("},
      {"detectors:\n  - { patterns: [{ name: a, re2: \"x*\" }], action: mask }",
       "p.yaml:3:34: detectors[0].patterns[0].re2: matches the empty text, so it would match everything"},
  }));
  CAPTURE(text);
  CHECK(ToString(ParseRules("version: 1\n" + text, "p.yaml").problems) == expected);
}

TEST_CASE("patterns that could grow without bound are refused") {
  const auto problems = [](const std::string& re2) {
    return ToString(
        ParseRules("version: 1\ndetectors:\n  - { patterns: [{ name: a, re2: \"" + re2 + "\" }], action: mask }\n", "p")
            .problems);
  };
  CHECK(problems(std::string(1025, 'x')).find("is longer than 1024 bytes") != std::string::npos);
  CHECK(problems("((x{100}){100}){100}").find("is no pattern") != std::string::npos);
}

}  // namespace
}  // namespace postern::policy
