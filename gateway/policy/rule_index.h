// Which rules may have a say, without looking at each: by agent, group and target, by verb and by object. What it leaves out
// certainly says nothing; what it gives must still be asked. Immutable, any thread. Inside this folder only, but for IndexRules.
#ifndef POSTERN_GATEWAY_POLICY_RULE_INDEX_H_
#define POSTERN_GATEWAY_POLICY_RULE_INDEX_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/policy/demand.h"
#include "gateway/policy/rules.h"

namespace postern::policy {

// A set of rules by their place in Rules::rules.
class RuleBits {
 public:
  static constexpr size_t kMostRules = 2048;

  explicit RuleBits(size_t rules) : used_((rules + 63) / 64) { std::fill_n(words_.begin(), used_, 0); }

  void Add(size_t rule) { words_[rule / 64] |= uint64_t{1} << (rule % 64); }
  RuleBits& operator|=(const RuleBits& other);
  RuleBits& operator&=(const RuleBits& other);

  // In ascending order.
  template <class Visit>
  void Each(const Visit& visit) const {
    for (size_t i = 0; i < used_; ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<size_t>(__builtin_ctzll(word)));
      }
    }
  }

 private:
  std::array<uint64_t, kMostRules / 64> words_;  // the first `used_` are set
  size_t used_;
};

// Rules by a text that they name, or a pattern that means it.
class RulesByName {
 public:
  explicit RulesByName(size_t rules) : rules_(rules) {}

  void Add(const std::string& pattern, size_t rule);
  void Collect(std::string_view name, RuleBits& into) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  size_t rules_;
  std::unordered_map<std::string, RuleBits, Hash, std::equal_to<>> exact_;
  std::vector<std::pair<std::string, RuleBits>> wild_;
};

using RulesByKey = std::unordered_map<uint64_t, RuleBits>;

class RuleIndex {
 public:
  // REQUIRES: at most kMostRules rules.
  explicit RuleIndex(const std::vector<Rule>& rules);

  // Exactly those that speak of the session, whatever the time.
  RuleBits ForSession(const SessionFacts& session) const;
  // All that can cover, deny or hold a statement with these demands, and others.
  RuleBits ForStatement(const sql::Facts& facts, const std::vector<Demand>& demands) const;

 private:
  void AddRule(const Rule& rule, size_t number);
  void AddVerbs(const Rule& rule, size_t number);
  void AddObjects(const Rule& rule, size_t number);
  RuleBits ByVerbs(const sql::Facts& facts, const std::vector<Demand>& demands) const;
  void CollectPlace(const Demand& demand, RuleBits& into) const;

  size_t rules_;
  RulesByName agents_;
  RulesByName groups_;
  RulesByName targets_;
  std::vector<RuleBits> by_verb_;
  std::vector<RuleBits> by_group_;
  // By the NameKey of an object; of the schema of any object; of the schema of a pattern such as "shop.ord*".
  RulesByKey objects_;
  RulesByKey schemas_;
  RulesByKey schema_patterns_;
  RuleBits anywhere_;  // speak of any object, or of what only a close look can tell
  RuleBits calls_;
  RuleBits settings_;
  RuleBits all_;
};

// To be called once the rules are complete and sorted.
void IndexRules(Rules& rules);

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_RULE_INDEX_H_
