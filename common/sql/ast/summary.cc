#include "common/sql/ast/summary.h"

#include "common/sql/ast/summary_writer.h"

namespace postern::sql {

std::string Summarize(const Statement& statement, const Dialect& dialect) {
  SummaryWriter writer(dialect);
  writer.Visit(statement);
  return writer.Take();
}

void SummaryWriter::Visit(const Statement& statement) {
  std::visit([this](const auto* shape) { VisitShape(*shape); }, statement.any);
}

void SummaryWriter::VisitShape(const Query& query) { VisitQuery("query", query); }

void SummaryWriter::VisitShape(const Insert& insert) {
  Row(insert.replace ? "replace" : "insert", insert.ignore ? " ignore" : "", " into ", NameText(insert.table),
      insert.hint.empty() ? "" : " ", insert.hint);
  const Deeper deeper(*this);
  VisitExprs("into", insert.columns);
  if (insert.has_rows) Row("rows");
  VisitExprs("value", insert.values);
  VisitAssignments("set", insert.set);
  if (insert.query != nullptr) VisitQuery("query", *insert.query);
  VisitAssignments("on duplicate", insert.on_duplicate);
  VisitItems("returning", insert.returning);
}

void SummaryWriter::VisitShape(const Update& update) {
  Row("update", update.ignore ? " ignore" : "", update.hint.empty() ? "" : " ", update.hint);
  const Deeper deeper(*this);
  VisitWith(update.with);
  VisitTables("", update.tables);
  VisitExprs("portion", update.extra);
  VisitAssignments("set", update.set);
  VisitExpr("where", update.where);
  VisitExprs("order by", update.order_by);
  VisitExprs("limit", update.limit);
}

void SummaryWriter::VisitShape(const Delete& del) {
  Row("delete", del.ignore ? " ignore" : "", del.hint.empty() ? "" : " ", del.hint);
  const Deeper deeper(*this);
  VisitWith(del.with);
  VisitTables("target ", del.targets);
  VisitTables("from ", del.tables);
  VisitExprs("portion", del.extra);
  VisitExpr("where", del.where);
  VisitExprs("order by", del.order_by);
  VisitExprs("limit", del.limit);
  VisitItems("returning", del.returning);
}

void SummaryWriter::VisitShape(const Load& load) {
  Row("load", load.local ? " local " : " ", load.file, load.replace ? " replace" : "", load.ignore ? " ignore" : "",
      " into ", NameText(load.table));
  const Deeper deeper(*this);
  VisitExprs("into", load.targets);
  VisitAssignments("set", load.set);
}

void SummaryWriter::VisitAssignments(std::string_view label, const List<Assignment>& list) {
  for (const Assignment& assignment : list) {
    VisitExpr(label, assignment.column);
    const Deeper deeper(*this);
    if (assignment.value == nullptr) Row("to: default");
    VisitExpr("to", assignment.value);
  }
}

void SummaryWriter::VisitShape(const Set& set) {
  Row("set");
  const Deeper deeper(*this);
  for (const SetItem& item : set.items) VisitSetItem(item);
}

void SummaryWriter::VisitSetItem(const SetItem& item) {
  switch (item.kind) {
    case SetKind::kVariable: Row(VariableScopeName(item.scope), " ", NameText({}, item.prefix, item.name)); break;
    case SetKind::kNames:
      Row("names ", NameText(item.name), item.collation.empty() ? "" : " collate ", NameText(item.collation));
      break;
    case SetKind::kCharacterSet: Row("character set ", NameText(item.name)); break;
  }
  const Deeper deeper(*this);
  if (item.value == nullptr) return item.kind == SetKind::kVariable ? Row("to: default") : void();
  VisitExpr(item.bare_word ? "to word" : "to", item.value);
}

void SummaryWriter::VisitObject(const ObjectRef& object) {
  const bool account = object.kind == ObjectKind::kUser || object.kind == ObjectKind::kRole;
  std::string name = account ? TokensText(object.name.name.raw) : NameText(object.name);
  if (object.name.name.empty()) name = object.fixed;
  Row(ObjectKindName(object.kind), " ", name, object.is_string ? " by string" : "", ": ", AccessName(object.access));
}

void SummaryWriter::VisitShape(const Command& command) {
  std::string row = std::string(VerbName(command.verb));
  const auto flag = [&row](bool set, std::string_view name) {
    if (set) Append(row, " ", name);
  };
  flag(!command.detail.empty(), command.detail);
  flag(command.body_runs, "runs");
  flag(command.body_is_definition, "defines");
  flag(command.implicit_commit, "commits");
  flag(command.dynamic_sql, "dynamic");
  flag(command.temporary, "temporary");
  flag(command.multi_table, "multi-table");
  flag(command.has_where, "where");
  flag(command.has_limit, "limit");
  flag(command.kill_query, "query");
  flag(command.kill_by_query_id, "id");
  flag(command.kill_by_user, "user");
  if (!command.default_schema.empty()) Append(row, " in ", NameText(command.default_schema));
  if (!command.prepared_text.empty()) Append(row, " from ", command.prepared_text);
  Row(row);
  const Deeper deeper(*this);
  for (const ObjectRef& object : command.objects) VisitObject(object);
  for (const SetItem& item : command.variables) VisitSetItem(item);
  VisitExprs("", command.exprs);
  for (const QueryRef& ref : command.queries) VisitQuery("query", *ref.query);
  for (const StatementRef& ref : command.statements) Visit(*ref.statement);
}

}  // namespace postern::sql
