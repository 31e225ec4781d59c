// Property: any text is a policy or has problems, each within the file and with words; what is a policy decides on every
// statement the same with its index as without, and denies what it denies whatever the letter case.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/sql/read.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/load_rules.h"
#include "gateway/policy/masks.h"

using namespace postern;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto loaded = policy::ParseRules(text, "fuzz");
  if (loaded.ok() != loaded.problems.empty()) abort();
  for (const config::Problem& problem : loaded.problems) {
    if (problem.message.empty() || problem.line > size + 1) abort();
  }
  if (!loaded.ok()) return 0;
  const policy::Rules& rules = **loaded.value;
  policy::Rules without = rules;
  without.index = nullptr;
  policy::SessionFacts session;
  session.agent = session.target = "a";
  session.default_schema = "s";
  session.now = absl::FromUnixSeconds(1'767'607'200);
  for (const char* statement : {"SELECT a, b FROM s.t WHERE a = 1", "UPDATE t SET a = f(1)", "DROP TABLE s.t", "SET x = 1"}) {
    const sql::Reading reading = sql::Read(statement, {});
    if (Decide(rules, reading.facts, session) != Decide(without, reading.facts, session)) abort();
  }
  if (policy::MaskOf(rules, session, "s", "t", "a") != policy::MaskOf(rules, session, "S", "T", "A")) abort();
  return 0;
}
