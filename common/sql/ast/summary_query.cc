// Queries and the tables they come from, in a summary.
#include "common/sql/ast/summary_writer.h"

namespace postern::sql {
namespace {

std::string_view JoinText(JoinKind join) {
  switch (join) {
    case JoinKind::kComma: return "";
    case JoinKind::kInner: return "join ";
    case JoinKind::kLeft: return "left join ";
    case JoinKind::kRight: return "right join ";
    case JoinKind::kStraight: return "straight join ";
  }
  return "";
}

}  // namespace

void SummaryWriter::VisitQuery(std::string_view label, const Query& query) {
  Row(label, query.locks ? " locking" : "");
  const Deeper deeper(*this);
  VisitWith(query.with);
  for (const QueryTerm& term : query.terms) VisitTerm(term);
  VisitExprs("order by", query.order_by);
  if (query.has_limit && query.limit.empty()) Row("limit");
  VisitExprs("limit", query.limit);
  VisitInto(query.into);
}

void SummaryWriter::VisitWith(const List<CommonTable>& with) {
  for (const CommonTable& table : with) {
    Row("with", table.recursive ? " recursive " : " ", NameText(table.name), table.columns.empty() ? "" : ": ",
        NamesText(table.columns));
    const Deeper deeper(*this);
    VisitQuery("query", *table.query);
  }
}

void SummaryWriter::VisitTerm(const QueryTerm& term) {
  if (term.set_operator != Kw::kNone) Row(KeywordText(term.set_operator), term.all ? " ALL" : "");
  switch (term.kind) {
    case TermKind::kSelect: return VisitSelect(*term.select);
    case TermKind::kValues: {
      Row("values");
      const Deeper deeper(*this);
      return VisitExprs("", term.rows);
    }
    case TermKind::kTable: return VisitTable("all rows of ", *term.table);
    case TermKind::kNested: return VisitQuery("query", *term.nested);
  }
}

void SummaryWriter::VisitSelect(const SelectBlock& select) {
  Row("select", select.distinct ? " distinct" : "", select.hint.empty() ? "" : " ", select.hint);
  const Deeper deeper(*this);
  VisitItems("item", select.items);
  VisitTables("from ", select.from);
  VisitExpr("where", select.where);
  VisitExprs("group by", select.group_by);
  VisitExpr("having", select.having);
  for (const Window& window : select.windows) VisitWindow("window", window);
  VisitExpr("qualify", select.qualify);
}

void SummaryWriter::VisitItems(std::string_view label, const List<SelectItem>& items) {
  for (const SelectItem& item : items) {
    const std::string with_alias = std::string(label) + " as " + NameText(item.alias);
    VisitExpr(item.alias.empty() ? label : with_alias, item.expr);
  }
}

void SummaryWriter::VisitInto(const Into& into) {
  switch (into.kind) {
    case IntoKind::kNone: return;
    case IntoKind::kOutfile: return Row("into outfile ", into.file);
    case IntoKind::kDumpfile: return Row("into dumpfile ", into.file);
    case IntoKind::kVariables: return VisitExprs("into", into.targets);
  }
}

std::string SummaryWriter::TableHead(const TableRef& table) const {
  switch (table.kind) {
    case TableKind::kNamed: return "table " + NameText(table.name);
    case TableKind::kDerived: return table.lateral ? "lateral query" : "query";
    case TableKind::kGroup: return "group";
    case TableKind::kFunction: return "json_table";
  }
  return "";
}

void SummaryWriter::VisitTables(std::string_view label, const List<TableRef>& tables) {
  for (const TableRef& table : tables) VisitTable(label, table);
}

void SummaryWriter::VisitTable(std::string_view label, const TableRef& table) {
  std::string row = std::string(label);
  Append(row, table.natural ? "natural " : "", JoinText(table.join), TableHead(table));
  if (!table.alias.empty()) Append(row, " as ", NameText(table.alias));
  if (!table.columns.empty()) Append(row, ": ", NamesText(table.columns));
  if (!table.using_columns.empty()) Append(row, " using ", NamesText(table.using_columns));
  Row(row);
  const Deeper deeper(*this);
  if (table.query != nullptr) VisitQuery("query", *table.query);
  VisitTables("", table.group);
  VisitExprs(table.join == JoinKind::kComma ? "of" : "on", table.exprs);
}

}  // namespace postern::sql
