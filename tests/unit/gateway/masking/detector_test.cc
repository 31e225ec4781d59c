// What is found and what is not, a line each.
#include "gateway/masking/detectors/detector.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace postern::masking {
namespace {

std::shared_ptr<const Detector> Everything() {
  Detector::Options options;
  for (size_t i = 0; i + 1 < kKinds; ++i) options.kinds.push_back(static_cast<Kind>(i));
  return *Detector::Make(options);
}

// "card[4111 …] email[…]"
std::string Found(const Detector& detector, std::string_view text) {
  std::vector<Span> spans;
  detector.Find(text, spans);
  std::string found;
  for (const Span& span : spans) {
    if (!found.empty()) found += " ";
    found.append(KindName(span.kind)).append("[").append(text.substr(span.begin, span.end - span.begin)).append("]");
  }
  return found;
}

const std::string kJwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

TEST_CASE("what is there is found, with its borders") {
  const auto detector = Everything();
  struct Row {
    std::string text;
    std::string found;
  };
  for (const Row& row : {
           Row{"4111111111111111", "card[4111111111111111]"},
           Row{"card 4111 1111 1111 1111, thanks", "card[4111 1111 1111 1111]"},
           Row{"4111-1111-1111-1111 12/29", "card[4111-1111-1111-1111]"},
           Row{"4111 1111 1111 1111 12/29", "card[4111 1111 1111 1111]"},
           Row{"3782 822463 10005", "card[3782 822463 10005]"},
           Row{"5555555555554444;378282246310005", "card[5555555555554444] card[378282246310005]"},
           Row{"6011111111111117", "card[6011111111111117]"},
           Row{"30569309025904", "card[30569309025904]"},
           Row{"2223003122003222", "card[2223003122003222]"},
           Row{"mail johanna.m+x@shop.example!", "email[johanna.m+x@shop.example]"},
           Row{"<a@b.co>, c@d.org.", "email[a@b.co] email[c@d.org]"},
           Row{"123-45-6780@shop.example", "email[123-45-6780@shop.example]"},
           Row{"IBAN DE89370400440532013000.", "iban[DE89370400440532013000]"},
           Row{"DE89 3704 0044 0532 0130 00", "iban[DE89 3704 0044 0532 0130 00]"},
           Row{"GB82 WEST 1234 5698 7654 32", "iban[GB82 WEST 1234 5698 7654 32]"},
           Row{"NO9386011117947", "iban[NO9386011117947]"},
           Row{"ssn 123-45-6789", "ssn[123-45-6789]"},
           Row{"123 45 6789", "ssn[123 45 6789]"},
           Row{"call +49 30 1234567 now", "phone[+49 30 1234567]"},
           Row{"+14155552671", "phone[+14155552671]"},
           Row{"+1 (212) 555-0100", "phone[+1 (212) 555-0100]"},
           Row{"(212) 555-0100", "phone[(212) 555-0100]"},
           Row{"212-555-0100 or 212.555.0100", "phone[212-555-0100] phone[212.555.0100]"},
           Row{"1-800-555-0100", "phone[1-800-555-0100]"},
           Row{"0171/1234567", "phone[0171/1234567]"},
           Row{"01 23 45 67 89", "phone[01 23 45 67 89]"},
           Row{"020 7946 0958", "phone[020 7946 0958]"},
           Row{"Bearer " + kJwt, "jwt[" + kJwt + "]"},
           Row{"AKIAIOSFODNN7EXAMPLE", "api_key[AKIAIOSFODNN7EXAMPLE]"},
           Row{"id=ASIAIOSFODNN7EXAMPLE;", "api_key[ASIAIOSFODNN7EXAMPLE]"},
           Row{"ghp_" + std::string(36, 'a'), "api_key[ghp_" + std::string(36, 'a') + "]"},
           Row{"github_pat_" + std::string(82, 'B'), "api_key[github_pat_" + std::string(82, 'B') + "]"},
           Row{"glpat-" + std::string(20, 'c'), "api_key[glpat-" + std::string(20, 'c') + "]"},
           Row{"xoxb-123456789012-abcdef", "api_key[xoxb-123456789012-abcdef]"},
           Row{"sk_live_" + std::string(24, 'd'), "api_key[sk_live_" + std::string(24, 'd') + "]"},
           Row{"AIza" + std::string(35, 'E'), "api_key[AIza" + std::string(35, 'E') + "]"},
           Row{"x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y",
               "private_key[-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----]"},
           Row{"-----BEGIN PRIVATE KEY-----\nMIIE", "private_key[-----BEGIN PRIVATE KEY-----\nMIIE]"},
       }) {
    CHECK(Found(*detector, row.text) == row.found);
  }
}

TEST_CASE("what only looks alike is left alone") {
  const auto detector = Everything();
  for (const std::string& text : {
           std::string(""),
           std::string("4111111111111112"),         // Luhn
           std::string("41111111111111111111111"),  // too long
           std::string("411111111111"),             // too short
           std::string("9111111111111111"),         // nobody issues it
           std::string("0000000000000000"),
           std::string("x4111111111111111"),
           std::string("4111111111111111x"),
           std::string("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
           std::string("1763772112345"),  // milliseconds
           std::string("2026-11-21 20:15:01.123456"),
           std::string("2026-11-21"),
           std::string("01-02-2024 12:30"),
           std::string("0.1234567890"),
           std::string("192.168.100.200"),
           std::string("1234567890"),
           std::string("order 2026/000123"),
           std::string("000-45-6789"),
           std::string("666-45-6789"),
           std::string("912-45-6789"),
           std::string("123-00-6789"),
           std::string("123-45-0000"),
           std::string("123456789"),
           std::string("(112) 555-0100"),
           std::string("212-155-0100"),
           std::string("+0123456789"),
           std::string("1+4915112345678x"),
           std::string("a@b"),
           std::string("@b.example"),
           std::string("a@b..example"),
           std::string("a @ b.example"),
           std::string("a@b.c"),
           std::string("2 @ 3.50"),
           std::string("DE89370400440532013001"),
           std::string("XX89370400440532013000"),
           std::string("DE893704004405320130"),
           std::string("eyJhbGciOiJIUzI1NiJ9"),
           std::string("eyJ.eyJ.x"),
           std::string("EyJhbGciOi.aaaaaaaaaa.b"),
           std::string("AKIA"),
           std::string("AKIAIOSFODNN7EXAMPLEX"),
           std::string("akiaiosfodnn7example"),
           std::string("ghp_short"),
           std::string("my_ghp_") + std::string(36, 'a'),
           std::string("xox"),
           std::string("snake_case_name and CONSTANT_NAME"),
           std::string("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"),
           std::string("550e8400-e29b-41d4-a716-446655440000"),
           std::string("d41d8cd98f00b204e9800998ecf8427e"),
       }) {
    CAPTURE(text);
    CHECK(Found(*detector, text).empty());
  }
}

TEST_CASE("only what was asked for is found") {
  const auto cards = *Detector::Make({.kinds = {Kind::kCard}});
  CHECK(Found(*cards, "a@b.co 123-45-6789 4111111111111111") == "card[4111111111111111]");
  const auto keys = *Detector::Make({.kinds = {Kind::kApiKey}});
  CHECK(Found(*keys, "-----BEGIN PRIVATE KEY----- glpat-" + std::string(20, 'c')) ==
        "api_key[glpat-" + std::string(20, 'c') + "]");
  CHECK(Found(**Detector::Make(Detector::Options{}), "4111111111111111").empty());
}

TEST_CASE("patterns of the user") {
  const auto detector =
      *Detector::Make({.kinds = {Kind::kEmail}, .patterns = {"ACME-[0-9]{4}", "(?i)project\\s+\\w+"}});
  CHECK(Found(*detector, "see ACME-1234, ACME-99 and Project Falcon of a@b.co") ==
        "pattern[ACME-1234] pattern[Project Falcon] email[a@b.co]");
  CHECK(Found(**Detector::Make({.patterns = {"a+", "ab+"}}), "aabb") == "pattern[aabb]");  // what overlaps is one
  CHECK(Found(**Detector::Make({.patterns = {"\\bx*"}}), "x y").empty() == false);
}

TEST_CASE("patterns that cannot be used are refused") {
  CHECK_FALSE(Detector::Make({.patterns = {"("}}).ok());
  CHECK_FALSE(Detector::Make({.patterns = {"a*"}}).ok());
  CHECK_FALSE(Detector::Make({.patterns = {""}}).ok());
  CHECK_FALSE(Detector::Make({.patterns = {std::string(1025, 'a')}}).ok());
  CHECK_FALSE(Detector::Make({.patterns = std::vector<std::string>(65, "a")}).ok());
}

}  // namespace
}  // namespace postern::masking
