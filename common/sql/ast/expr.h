// Expressions. One compact node for all of them: chains of operators of one level are flat (a AND b AND c has three
// children), so the depth of the tree is bounded by the parser's depth budget, never by the length of the text.
#ifndef POSTERN_COMMON_SQL_AST_EXPR_H_
#define POSTERN_COMMON_SQL_AST_EXPR_H_

#include <cstdint>

#include "common/sql/ast/arena.h"
#include "common/sql/ast/name.h"
#include "common/sql/lexer/token.h"

namespace postern::sql {

struct Query;
struct Window;

struct NameRef {
  Name name;
  NameRef* next = nullptr;
};

enum class ExprKind : uint8_t {
  kLiteral,         // text = the first token; strings may be several
  kColumn,          // schema.table.name
  kStar,            // * or table.* or schema.table.*
  kParameter,
  kUserVariable,    // name
  kAssignment,      // name := child
  kSystemVariable,  // table = scope word, schema = component, name
  kUnary,           // word or op
  kBinary,          // children joined by one level of operators; each child but the first has its `op`
  kLogical,         // children joined by AND, OR or XOR (keyword)
  kNot,
  kIs,              // IS [NOT] NULL/TRUE/FALSE/UNKNOWN
  kIn,              // first child IN the others, or the query
  kBetween,
  kLike,            // LIKE, REGEXP, RLIKE, SOUNDS LIKE, MEMBER OF (keyword)
  kQuantified,      // child op ANY/ALL (query)
  kRow,             // (a, b), ROW(a, b)
  kParenthesized,
  kSubquery,
  kExists,
  kFunction,        // schema, name, children; window, filter
  kCase,            // [value] (condition, result) ... [else]; keyword is ELSE if there is one
  kCast,            // CAST, CONVERT: child, keyword = the type's first word; or name = the character set
  kInterval,        // INTERVAL child unit (keyword)
  kMatch,           // MATCH columns AGAINST child
  kDefault,         // DEFAULT, DEFAULT(column) or VALUES(column) (keyword)
  kCollate,
  kIntroduced,      // _utf8mb4'x', {d 'x'}
  kJsonPath,        // column->'$.x'
  kNextValue,       // NEXT VALUE FOR sequence (table, name)
};

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  bool negated = false;   // NOT IN, IS NOT ...
  bool distinct = false;  // aggregates
  bool adjacent = false;  // function: the parenthesis follows at once
  bool special = false;   // function: its own grammar rule, so a built-in whatever the name
  bool descending = false;  // in ORDER BY, GROUP BY
  Op op = Op::kNone;      // operator that joins this node to the one before it in a chain
  Kw keyword = Kw::kNone;
  TokenKind token = TokenKind::kEnd;  // of a literal
  uint32_t begin = 0;
  uint32_t end = 0;
  Expr* next = nullptr;
  List<Expr> children;
  Name schema;
  Name table;
  Name name;
  Query* query = nullptr;
  Window* window = nullptr;
};

// The definition after OVER or in WINDOW. Frame bounds and keys are children.
struct Window {
  Name name;  // OVER w, or the window it extends
  List<Expr> children;  // PARTITION BY and ORDER BY
  List<Expr> bounds;    // of the frame
  Window* next = nullptr;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_EXPR_H_
