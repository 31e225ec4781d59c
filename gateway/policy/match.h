// Whether a rule speaks of something: narrowly for rules that let (every doubt is no), widely for rules that deny
// (every doubt is yes). Pure, any thread. Inside this folder only.
#ifndef POSTERN_GATEWAY_POLICY_MATCH_H_
#define POSTERN_GATEWAY_POLICY_MATCH_H_

#include <cstdint>
#include <vector>

#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

// A wall clock read once for all the rules of one zone.
class Clock {
 public:
  explicit Clock(const SessionFacts& session) : now_(session.now) {}
  // Whether the rule counts now; while the time is not known, only those that deny or hold do.
  bool Counts(const Rule& rule);

 private:
  const absl::Time now_;
  std::optional<absl::TimeZone> zone_;
  WallClock shown_;
};

bool AppliesTo(const Rule& rule, const SessionFacts& session);

// The statement that a decision is about.
struct Asked {
  const sql::Facts& facts;
  const SessionFacts& session;
};

// How a rule that allows or holds stands to a demand.
enum class Cover : uint8_t {
  kNot,
  kWantsWhere,  // it would cover it with a WHERE that looks at the row,
  kWantsLimit,  // with a LIMIT,
  kWantsOtherColumns,  // or with no other columns than its own
  kCovers,
};
Cover CoverOf(const Rule& rule, const Demand& demand, const Asked& asked);

// Whether a rule speaks of the statement if it denies. `demands` are those of the facts.
bool Denies(const Rule& rule, const Asked& asked, const std::vector<Demand>& demands);

// Whether the rule's verbs name the statement as a whole.
bool NamesStatement(const Rule& rule, const sql::Facts& facts);
// Whether a rule denies what is known of a statement that was not read: its likely verb.
bool DeniesVerb(const Rule& rule, sql::Verb verb);

// Whether the rule covers anything in the schema.
bool ReachesInto(const Rule& rule, std::string_view schema, const SessionFacts& session);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_MATCH_H_
