// posternctl policy: explain, test and diff, which ask no gateway.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gateway/ctl/recorded_statements.h"
#include "gateway/ctl/run.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::ctl {
namespace {

constexpr char kPolicy[] = R"(version: 1
masks:
  - { columns: [shop.customers.email], with: email }
rules:
  - name: reads
    agents: [bot]
    targets: [prod]
    when: { hours: "06:00-22:00" }
    allow: { verbs: [read], objects: ["shop.*"], max_rows: 100 }
  - { name: waits, agents: [bot], targets: [prod], hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba] } }
)";

struct Tool {
  TempFolder folder;
  std::ostringstream out;
  std::ostringstream err;

  std::string File(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder.path() / name;
    std::ofstream(path) << text;
    return path;
  }
  int Run(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    const auto getenv = [](const char*) -> std::optional<std::string> { return std::nullopt; };
    const auto connect = [](const Settings&) -> std::shared_ptr<grpc::Channel> { return nullptr; };
    return ctl::Run(arguments, {out, err, getenv, connect});
  }
  nlohmann::json Json() const { return nlohmann::json::parse(out.str()); }
};

std::vector<std::string> ExplainOf(const std::string& policy, const std::string& sql) {
  return {"policy", "explain", policy,   "--agent", "bot", "--target", "prod", "--schema",
          "shop",   "--at",    "2026-01-05T10:00:00Z", "--sql",  sql};
}

TEST_CASE("explain says what is decided, by which rule, under which limits, and what is masked") {
  Tool tool;
  const std::string policy = tool.File("policy.yaml", kPolicy);
  std::vector<std::string> arguments = ExplainOf(policy, "SELECT id, UPPER(email) AS e FROM customers WHERE email = 'x'");
  REQUIRE(tool.Run(arguments) == 0);
  const std::string text = tool.out.str();
  CHECK(text.find("allow") != std::string::npos);
  CHECK(text.find("reads") != std::string::npos);
  CHECK(text.find("max_rows 100") != std::string::npos);
  CHECK(text.find("verb: select") != std::string::npos);
  CHECK(text.find("  id: as it is\n") != std::string::npos);
  CHECK(text.find("  e: masked, email\n") != std::string::npos);
  CHECK(text.find("email: masked, and used for predicate (masked_use: refuse)\n") != std::string::npos);

  arguments.insert(arguments.end(), {"--output", "json"});
  REQUIRE(tool.Run(arguments) == 0);
  const auto json = tool.Json();
  CHECK(json["decision"] == "allow");
  CHECK(json["limits"]["max_rows"] == 100);
  CHECK(json["outputs"][0]["mask"].is_null());
  CHECK(json["outputs"][1]["mask"] == "email");
  CHECK(json["masked_uses"][0]["role"] == "predicate");
}

TEST_CASE("explain asks at the time given, and reads what the server would read") {
  Tool tool;
  const std::string policy = tool.File("policy.yaml", kPolicy);
  std::vector<std::string> night = ExplainOf(policy, "SELECT 1 FROM orders");
  night[10] = "2026-01-05T23:00:00Z";
  REQUIRE(tool.Run(night) == 0);
  CHECK(tool.out.str().find("default") != std::string::npos);
  night[10] = "tomorrow";
  CHECK(tool.Run(night) == 2);
  CHECK(tool.Run(ExplainOf(policy, "SELECT FROM WHERE")) == 0);
  CHECK(tool.out.str().find("unparsed") != std::string::npos);
  CHECK(tool.Run(ExplainOf(tool.File("bad.yaml", "version: 1\nruels: []\n"), "SELECT 1")) == 1);
  CHECK(tool.err.str().find("bad.yaml:2:1: ruels: unknown key") != std::string::npos);
}

TEST_CASE("cases pass or say what was decided instead, and the exit code tells") {
  Tool tool;
  const std::string policy = tool.File("policy.yaml", kPolicy);
  const std::string day = "agent: bot, target: prod, schema: shop, at: \"2026-01-05T10:00:00Z\"";
  const std::string good = "cases:\n  - { name: a read, " + day + ", sql: SELECT 1 FROM orders, expect: allow, rule: reads }\n" +
                           "  - { name: a write, " + day + ", sql: UPDATE orders SET a = 1, expect: hold }\n";
  CHECK(tool.Run({"policy", "test", policy, tool.File("good.yaml", good)}) == 0);
  CHECK(tool.out.str() == "1..2\nok 1 - a read\nok 2 - a write\n");

  const std::string bad = good + "  - { name: a drop, " + day + ", sql: DROP TABLE orders, expect: hold, rule: waits }\n";
  const std::string bad_file = tool.File("bad.yaml", bad);
  CHECK(tool.Run({"policy", "test", policy, bad_file}) == 1);
  CHECK(tool.out.str().find("not ok 3 - a drop\n  # expected hold by rule waits, got deny by rule default") !=
        std::string::npos);
  CHECK(tool.Run({"policy", "test", policy, bad_file, "--output", "json"}) == 1);
  CHECK(tool.Json()["failed"] == 1);
  CHECK(tool.Json()["cases"][2]["ok"] == false);

  CHECK(tool.Run({"policy", "test", policy, tool.File("odd.yaml", "cases:\n  - { name: x, expect: maybe }\n")}) == 1);
  CHECK(tool.err.str().find("expected one of allow, hold, deny") != std::string::npos);
  CHECK(tool.Run({"policy", "test", policy, tool.File("none.yaml", "cases: []\n")}) == 1);
}

constexpr char kRecords[] = R"({"at":"2026-01-05T10:00:00.000000Z","session_id":"ses_1","event":"session_opened","session_opened":{"agent":"bot","target":"prod","groups":[]}}
{"at":"2026-01-05T10:00:01.000000Z","session_id":"ses_1","event":"statement","statement":{"statement_id":"stm_1","command":"COM_QUERY","text":"SELECT 1 FROM orders","schema":"shop"}}
{"at":"2026-01-05T10:00:01.500000Z","session_id":"ses_1","event":"door_opened","door_opened":{"server":{"vendor":"mariadb","version":"10.11.14","sql_mode":"ANSI_QUOTES","lower_case_table_names":0}}}
{"at":"2026-01-05T10:00:02.000000Z","session_id":"ses_1","event":"statement","statement":{"statement_id":"stm_2","command":"COM_QUERY","text":"UPDATE \"orders\" SET a = 1","schema":"shop"}}
{"at":"2026-01-05T10:00:03.000000Z","session_id":"ses_1","event":"statement","statement":{"statement_id":"stm_3","command":"COM_PING","text":""}}
)";

TEST_CASE("diff decides recorded statements again and tells where two policies differ") {
  Tool tool;
  const std::string before = tool.File("old.yaml", kPolicy);
  std::string stricter = kPolicy;
  stricter += "  - { name: frozen, agents: [\"*\"], targets: [\"*\"], deny: { verbs: [write] } }\n";
  const std::string after = tool.File("new.yaml", stricter);
  const std::string records = tool.File("ses_1.jsonl", kRecords);
  CHECK(tool.Run({"policy", "diff", before, before, "--replay", records}) == 0);
  CHECK(tool.out.str() == "0 of 2 statements decided differently\n");
  CHECK(tool.Run({"policy", "diff", before, after, "--replay", records}) == 1);
  CHECK(tool.out.str() ==
        "ses_1 stm_2: hold (waits) -> deny (frozen)\n    UPDATE \"orders\" SET a = 1\n"
        "1 of 2 statements decided differently\n");
  CHECK(tool.Run({"policy", "diff", before, after, "--replay", records, "--output", "json"}) == 1);
  CHECK(tool.Json()["differences"][0]["new"]["rule"] == "frozen");
  CHECK(tool.Run({"policy", "diff", before, after, "--replay", tool.File("x.jsonl", "no record\n")}) == 2);
  CHECK(tool.Run({"policy", "diff", before, after, "--replay", "/nowhere"}) == 2);
}

TEST_CASE("bytes that are no UTF-8 are decided as they were") {
  RecordedStatements recorded{sql::Dialect{}};
  CHECK(recorded.AddLine(
      R"({"session_id":"s","event":"statement","statement":{"command":"COM_QUERY","text":"x\\xff","text_base64":"U0VMRUNUICf/Jw=="}})"));
  CHECK_FALSE(recorded.AddLine("[1]"));
  const auto statements = recorded.Take();
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].question.statement == "SELECT '\xFF'");
}

}  // namespace
}  // namespace postern::ctl
