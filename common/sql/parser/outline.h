// What a parse knows of its tokens and the tree does not say, for whoever writes the statement out again: which words it
// took for names, which tokens stand close to the one before, where a reader wants a new line. Filled by a Parser that is
// given one; all positions are offsets of tokens, ascending.
#ifndef POSTERN_COMMON_SQL_PARSER_OUTLINE_H_
#define POSTERN_COMMON_SQL_PARSER_OUTLINE_H_

#include <cstdint>
#include <vector>

namespace postern::sql {

struct Outline {
  struct Line {
    uint32_t begin = 0;
    uint32_t level = 0;  // of nesting: subqueries, lists of columns, blocks
  };

  // Words that name something, and quoted names that would mean the same without their quotes. A word that spells a
  // keyword and is not here was read as that keyword.
  std::vector<uint32_t> names;
  std::vector<uint32_t> close;  // no blank before it: the sign's number, the host of an account, the length of a type
  std::vector<uint32_t> calls;  // parentheses of calls: a blank before one may change which function is called
  std::vector<Line> lines;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_PARSER_OUTLINE_H_
