#include "gateway/policy/explain.h"

#include <utility>

#include "common/config/cat.h"

namespace postern::policy {
namespace {

using config::Append;
using config::Cat;

constexpr size_t kMaxListBytes = 240;

std::string PlaceText(const Place& place) {
  if (!place.kind.empty()) return Cat(place.kind, " ", Printable(place.name));
  if (place.schema.empty()) return Printable(place.name);
  return Cat(Printable(place.schema), ".", Printable(place.name));
}

std::string RuleText(const Rule& rule) {
  std::string out = config::Join(rule.verbs.words(), ", ");
  std::string_view separator = " on ";
  for (const ObjectPattern& object : rule.objects) {
    if (out.size() > kMaxListBytes) break;
    Append(out, std::exchange(separator, ", "), object.ToString());
  }
  separator = out.empty() ? "calls of " : "; calls of ";
  for (const ObjectPattern& call : rule.calls) {
    if (out.size() > kMaxListBytes) break;
    Append(out, std::exchange(separator, ", "), call.ToString());
  }
  if (!rule.session.empty() && out.empty()) out = "set";
  return out;
}

std::string ListOf(const RuleList& rules, Effect effect) {
  std::string out;
  for (const Rule* rule : rules) {
    if (rule->effect != effect) continue;
    const std::string text = RuleText(*rule);
    if (out.size() + text.size() > kMaxListBytes) return Cat(out, out.empty() ? "" : ", ", "...");
    Append(out, out.empty() ? "" : "; ", text);
  }
  return out;
}

}  // namespace

std::string Printable(std::string_view name) {
  constexpr size_t kMaxBytes = 64;
  std::string out;
  for (const char c : name.substr(0, kMaxBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  if (name.size() <= kMaxBytes) return out;
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
  if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0x80) out.pop_back();
  return out + "...";
}

std::string Describe(const Demand& demand) {
  const std::string verb(sql::VerbName(demand.verb));
  return demand.has_place ? Cat(verb, " on ", PlaceText(demand.place)) : verb;
}

std::string WhatIsLet(const RuleList& rules) {
  const std::string allowed = ListOf(rules, Effect::kAllow);
  const std::string held = ListOf(rules, Effect::kHold);
  std::string out;
  if (!allowed.empty()) Append(out, "allowed: ", allowed);
  if (!held.empty()) Append(out, out.empty() ? "" : "; ", "with approval: ", held);
  return out;
}

std::string NothingMatched(const Demand& demand, const RuleList& rules, const SessionFacts& session) {
  std::string out =
      Cat("no rule lets ", Printable(session.agent), " ", Describe(demand), " at ", Printable(session.target));
  if (const std::string let = WhatIsLet(rules); !let.empty()) Append(out, "; ", let);
  return out;
}

}  // namespace postern::policy
