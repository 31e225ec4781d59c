// Walks a tree and writes its summary. One file a family, as in the parser: summary.cc statements, summary_query.cc
// queries, summary_expr.cc expressions. Chains are loops and nesting is bounded by the parser's depth, so is the stack.
#ifndef POSTERN_COMMON_SQL_AST_SUMMARY_WRITER_H_
#define POSTERN_COMMON_SQL_AST_SUMMARY_WRITER_H_

#include <string>
#include <string_view>

#include "common/sql/ascii.h"
#include "common/sql/ast/statement.h"
#include "common/sql/dialect.h"

namespace postern::sql {

class SummaryWriter {
 public:
  explicit SummaryWriter(const Dialect& dialect) : dialect_(dialect) {}

  void Visit(const Statement& statement);
  std::string Take() { return std::move(out_); }

 private:
  struct Deeper {
    explicit Deeper(SummaryWriter& writer) : writer_(writer) { ++writer_.level_; }
    ~Deeper() { --writer_.level_; }
    SummaryWriter& writer_;
  };
  friend struct Deeper;

  template <typename... Pieces>
  void Row(const Pieces&... pieces) {
    out_.append(2 * (level_ < kMaxIndent ? level_ : kMaxIndent), ' ');
    if (level_ > kMaxIndent) Append(out_, "(", std::to_string(level_), ") ");
    Append(out_, pieces...);
    out_ += '\n';
  }

  // Deeper nodes say their level in figures, so that the summary is no longer than a few times the tree.
  static constexpr size_t kMaxIndent = 40;

  // summary.cc
  void VisitShape(const Query& query);
  void VisitShape(const Insert& insert);
  void VisitShape(const Update& update);
  void VisitShape(const Delete& del);
  void VisitShape(const Load& load);
  void VisitShape(const Set& set);
  void VisitShape(const Command& command);
  void VisitAssignments(std::string_view label, const List<Assignment>& list);
  void VisitSetItem(const SetItem& item);
  void VisitObject(const ObjectRef& object);

  // summary_query.cc
  void VisitQuery(std::string_view label, const Query& query);
  void VisitTerm(const QueryTerm& term);
  void VisitSelect(const SelectBlock& select);
  void VisitWith(const List<CommonTable>& with);
  void VisitItems(std::string_view label, const List<SelectItem>& items);
  void VisitInto(const Into& into);
  void VisitTables(std::string_view label, const List<TableRef>& tables);
  void VisitTable(std::string_view label, const TableRef& table);
  std::string TableHead(const TableRef& table) const;

  // summary_expr.cc
  void VisitExpr(std::string_view label, const Expr* expr);
  void VisitExprs(std::string_view label, const List<Expr>& exprs);
  void VisitWindow(std::string_view label, const Window& window);
  std::string ExprHead(const Expr& expr) const;
  std::string FunctionHead(const Expr& call) const;
  std::string_view LabelOf(const Expr& parent, const Expr& child) const;

  // Names always in backticks, strings as written, anything longer as its tokens with one blank between.
  std::string NameText(const Name& name) const;
  std::string NameText(const ObjectName& name) const;
  std::string NameText(const Name& first, const Name& second, const Name& third) const;
  std::string NamesText(const List<NameRef>& names) const;
  std::string TokensText(std::string_view raw) const;

  Dialect dialect_;
  std::string out_;
  size_t level_ = 0;
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_AST_SUMMARY_WRITER_H_
