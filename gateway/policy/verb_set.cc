#include "gateway/policy/verb_set.h"

namespace postern::policy {

VerbSet::VerbSet(std::initializer_list<std::string> words) {
  for (const std::string& word : words) Add(word);
}

void VerbSet::Add(std::string word) {
  everything_ |= word == "*";
  for (size_t i = 0; i < sql::kVerbCount; ++i) {
    const auto verb = static_cast<sql::Verb>(i);
    if (word == "*" || sql::VerbMatches(verb, word)) named_.set(i);
    if (word == sql::VerbName(verb)) in_full_.set(i);
    if (word == sql::GroupName(sql::GroupOf(verb))) groups_.set(static_cast<size_t>(sql::GroupOf(verb)));
  }
  words_.push_back(std::move(word));
}

}  // namespace postern::policy
