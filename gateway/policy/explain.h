// The words of a refusal: what was asked, what said no, what would be let. Names are shortened and made printable,
// values never appear. Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_EXPLAIN_H_
#define POSTERN_GATEWAY_POLICY_EXPLAIN_H_

#include <string>
#include <vector>

#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

using RuleList = std::vector<const Rule*>;

// "update on shop.orders"
std::string Describe(const Demand& demand);
// A name from outside, in printable ASCII or UTF-8 and at most 64 bytes.
std::string Printable(std::string_view name);

// "no rule lets bot update on shop.orders at prod; it may: read on shop.*; with approval: insert on shop.*"
std::string NothingMatched(const Demand& demand, const RuleList& rules, const SessionFacts& session);
// What the rules let, to complete a refusal; empty if nothing.
std::string WhatIsLet(const RuleList& rules);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_EXPLAIN_H_
