// That the golden statements show everything the parser can make: each verb, and each kind of node.
#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "common/sql/parser/parser.h"
#include "common/sql/read.h"
#include "golden_corpus.h"

namespace postern::sql {
namespace {

// Walks trees and notes the kinds that occur.
class Kinds {
 public:
  void Visit(const Statement& statement) {
    std::visit([this](const auto* shape) { VisitShape(*shape); }, statement.any);
  }

  std::set<ExprKind> exprs;
  std::set<TermKind> terms;
  std::set<TableKind> tables;
  std::set<JoinKind> joins;
  std::set<IntoKind> intos;
  std::set<SetKind> sets;

 private:
  void Visit(const Expr* expr) {
    if (expr == nullptr) return;
    exprs.insert(expr->kind);
    Visit(expr->children);
    if (expr->query != nullptr) VisitShape(*expr->query);
    if (expr->window != nullptr) Visit(expr->window->children);
  }
  template <typename Node>
  void Visit(const List<Node>& list) {
    for (const Node& node : list) Visit(&node);
  }
  void Visit(const SelectItem* item) { Visit(item->expr); }
  void Visit(const Assignment* assignment) {
    Visit(assignment->column);
    Visit(assignment->value);
  }
  void Visit(const CommonTable* table) { VisitShape(*table->query); }
  void Visit(const Window* window) { Visit(window->children); }
  void Visit(const QueryRef* ref) { VisitShape(*ref->query); }
  void Visit(const StatementRef* ref) { Visit(*ref->statement); }
  void Visit(const TableRef* table) {
    tables.insert(table->kind);
    joins.insert(table->join);
    if (table->query != nullptr) VisitShape(*table->query);
    Visit(table->group);
    Visit(table->exprs);
  }
  void Visit(const QueryTerm* term) {
    terms.insert(term->kind);
    Visit(term->rows);
    if (term->nested != nullptr) VisitShape(*term->nested);
    if (term->select == nullptr) return;
    const SelectBlock& select = *term->select;
    Visit(select.items);
    Visit(select.from);
    for (const Expr* expr : {select.where, select.having, select.qualify}) Visit(expr);
    Visit(select.group_by);
    Visit(select.windows);
  }
  void Visit(const SetItem* item) {
    sets.insert(item->kind);
    Visit(item->value);
  }

  void VisitShape(const Query& query) {
    intos.insert(query.into.kind);
    Visit(query.with);
    Visit(query.terms);
    Visit(query.order_by);
    Visit(query.limit);
  }
  void VisitShape(const Insert& insert) {
    Visit(insert.values);
    Visit(insert.set);
    Visit(insert.on_duplicate);
    if (insert.query != nullptr) VisitShape(*insert.query);
  }
  void VisitShape(const Update& update) {
    Visit(update.tables);
    Visit(update.set);
    Visit(update.where);
  }
  void VisitShape(const Delete& del) {
    Visit(del.tables);
    Visit(del.where);
  }
  void VisitShape(const Load& load) { Visit(load.set); }
  void VisitShape(const Set& set) { Visit(set.items); }
  void VisitShape(const Command& command) {
    Visit(command.exprs);
    Visit(command.queries);
    Visit(command.variables);
    Visit(command.statements);
  }
};

// Whether every kind up to the last of its enumeration occurs.
template <typename Kind>
std::string Missing(const std::set<Kind>& seen, Kind last) {
  std::string missing;
  for (int kind = 0; kind <= static_cast<int>(last); ++kind) {
    if (!seen.contains(static_cast<Kind>(kind))) missing += std::to_string(kind) + " ";
  }
  return missing;
}

}  // namespace

TEST_CASE("every verb has a golden statement") {
  static const std::set<Verb> kNeverRead = {
      Verb::kUnknown,        // of what is refused
      Verb::kCreatePackage,  // its body is PL/SQL, in a mode that we do not read
      Verb::kAlterLibrary,   // refused until a server that has it is at hand
  };
  std::set<Verb> seen;
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      const Reading reading = Read(block.sql, block.dialect);
      if (reading.ok()) seen.insert(reading.facts.verb);
    }
  }
  std::string wrong;
#define X(verb, name, group) \
  if (seen.contains(Verb::verb) == kNeverRead.contains(Verb::verb)) wrong += std::string(name) + " ";
  POSTERN_SQL_VERBS(X)
#undef X
  CHECK(wrong == "");
}

TEST_CASE("every kind of node has a golden statement") {
  Kinds kinds;
  for (const GoldenFile& file : LoadGoldenFiles()) {
    for (const GoldenBlock& block : file.blocks) {
      Arena arena;
      Parser parser(block.sql, block.dialect, {}, arena);
      const Statement* statement = parser.ParseNext();
      if (statement != nullptr && parser.AtEndOfText() && !parser.failed()) kinds.Visit(*statement);
    }
  }
  CHECK(Missing(kinds.exprs, ExprKind::kNextValue) == "");
  CHECK(Missing(kinds.terms, TermKind::kNested) == "");
  CHECK(Missing(kinds.tables, TableKind::kFunction) == "");
  CHECK(Missing(kinds.joins, JoinKind::kStraight) == "");
  CHECK(Missing(kinds.intos, IntoKind::kVariables) == "");
  CHECK(Missing(kinds.sets, SetKind::kCharacterSet) == "");
}

}  // namespace postern::sql
