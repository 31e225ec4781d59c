// The words of a rule's `verbs`, and each verb that they mean. Plain value, any thread.
#ifndef POSTERN_GATEWAY_POLICY_VERB_SET_H_
#define POSTERN_GATEWAY_POLICY_VERB_SET_H_

#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "common/sql/facts/verb.h"

namespace postern::policy {

class VerbSet {
 public:
  VerbSet() = default;
  VerbSet(std::initializer_list<std::string> words);

  // A name, a word or a group of common/sql/facts/verb.h, or "*".
  void Add(std::string word);

  bool empty() const { return words_.empty(); }
  const std::vector<std::string>& words() const { return words_; }

  // By its name, its word, its group or "*".
  bool Names(sql::Verb verb) const { return named_[static_cast<size_t>(verb)]; }
  // By its name alone.
  bool NamesInFull(sql::Verb verb) const { return in_full_[static_cast<size_t>(verb)]; }
  bool NamesGroup(sql::VerbGroup group) const { return groups_[static_cast<size_t>(group)]; }
  bool NamesEverything() const { return everything_; }

 private:
  std::vector<std::string> words_;
  std::bitset<sql::kVerbCount> named_;
  std::bitset<sql::kVerbCount> in_full_;
  std::bitset<8> groups_;
  bool everything_ = false;
};

}  // namespace postern::policy

#endif  // POSTERN_GATEWAY_POLICY_VERB_SET_H_
