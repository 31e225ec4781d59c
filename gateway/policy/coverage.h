// What covers the demands of a statement together: the rules that let and hold it, and what they bind it to. Pure, any thread.
// Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_COVERAGE_H_
#define POSTERN_GATEWAY_POLICY_COVERAGE_H_

#include <functional>
#include <vector>

#include "gateway/policy/explain.h"
#include "gateway/policy/match.h"

namespace postern::policy {

class Coverage {
 public:
  // `about`: the rules that may speak of the statement. `everything`: all rules of the session, for a refusal to say what is
  // let. What is passed outlives this.
  Coverage(const RuleList& about, const std::function<RuleList()>& everything, const Asked& asked)
      : rules_(about), everything_(everything), asked_(asked) {}

  Decision Of(const std::vector<Demand>& demands);

 private:
  bool Take(const Demand& demand);
  void HoldInDoubt(const std::vector<Demand>& demands);
  bool Hold(const Rule* rule);
  Decision Uncovered(const Demand& demand) const;
  Decision Unmet(const Demand& demand, const Rule& rule, Cover wanted) const;
  Decision Held(const Demand& first) const;

  const RuleList& rules_;
  const std::function<RuleList()>& everything_;
  const Asked& asked_;
  const Rule* allowed_by_ = nullptr;
  RuleList holds_;
  // A rule that would cover or hold, were it not for a condition.
  const Rule* wanting_ = nullptr;
  Cover wanted_ = Cover::kNot;
  bool refused_ = false;  // the wanting rule holds: then no allow will do
  StatementLimits limits_;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_COVERAGE_H_
