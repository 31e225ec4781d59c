// What masks make of one statement: refused for what it does with a masked column, or let with a mask for each column of its
// result. Pure, any thread.
#ifndef POSTERN_GATEWAY_POLICY_MASK_PLAN_H_
#define POSTERN_GATEWAY_POLICY_MASK_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "common/sql/facts/facts.h"
#include "common/sql/schema.h"
#include "gateway/policy/decision.h"
#include "gateway/policy/rules.h"
#include "gateway/policy/session_facts.h"

namespace postern::policy {

struct OutputPlan {
  std::string name;          // that the result will give it; empty where the server makes one up
  std::optional<Mask> mask;  // empty: shown as it is

  friend bool operator==(const OutputPlan&, const OutputPlan&) = default;
};

struct MaskPlan {
  // Some column is masked for the session: every result is checked against the plan, and errors and warnings come in our words.
  bool in_force = false;
  // The result is that of SHOW WARNINGS or SHOW ERRORS.
  bool shows_warnings = false;
  // `outputs` are the columns of the statement's result, each and in order. Otherwise nothing in it is masked, and a column
  // that turns out to be one is a contradiction.
  bool predicted = false;
  std::vector<OutputPlan> outputs;
  // "shop.customers.email: email", for the record.
  std::vector<std::string> applied;

  bool MasksAnything() const { return !applied.empty(); }

  friend bool operator==(const MaskPlan&, const MaskPlan&) = default;
};

struct Masking {
  std::optional<Decision> refused;
  MaskPlan plan;
};

// `facts` were read with the target's schema at hand, and that is `schema`; null: not known, refused where that matters.
Masking PlanMasks(const Rules& rules, const sql::Facts& facts, const SessionFacts& session, const sql::Schema* schema);

// For a prepared statement's PREPARE, an EXPLAIN, a batch: the same judgement by statement. Several in one packet pass only
// if none of them shows a masked column, and none changes the schema by which the others were read.
Masking PlanMasks(const Rules& rules, const std::vector<const sql::Facts*>& batch, const SessionFacts& session,
                  const sql::Schema* schema);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_MASK_PLAN_H_
