#include "gateway/policy/mask_plan.h"

#include <algorithm>
#include <string_view>

#include "common/config/cat.h"
#include "common/sql/ascii.h"
#include "gateway/policy/demand.h"
#include "gateway/policy/explain.h"
#include "gateway/policy/masks.h"

namespace postern::policy {
namespace {

using config::Cat;
using sql::EqualsIgnoreCase;

// Of information_schema, what holds names and definitions of objects and no value of any row.
constexpr std::string_view kNameTables[] = {
    "APPLICABLE_ROLES", "CHARACTER_SETS", "CHECK_CONSTRAINTS", "COLLATIONS", "COLLATION_CHARACTER_SET_APPLICABILITY",
    "COLUMNS", "COLUMNS_EXTENSIONS", "COLUMN_PRIVILEGES", "ENABLED_ROLES", "ENGINES", "KEYWORDS", "KEY_COLUMN_USAGE",
    "PARAMETERS", "REFERENTIAL_CONSTRAINTS", "RESOURCE_GROUPS", "ROUTINES", "SCHEMATA", "SCHEMATA_EXTENSIONS",
    "SCHEMA_PRIVILEGES", "STATISTICS", "TABLES", "TABLES_EXTENSIONS", "TABLE_CONSTRAINTS", "TABLE_CONSTRAINTS_EXTENSIONS",
    "TABLE_PRIVILEGES", "USER_PRIVILEGES", "VIEWS", "VIEW_ROUTINE_USAGE", "VIEW_TABLE_USAGE"};

// What SHOW may show of: names, definitions, settings and counts.
constexpr std::string_view kShowable[] = {
    "charsets", "collations", "create_db", "create_func", "create_proc", "create_sequence", "create_table", "create_view",
    "databases", "errors", "fields", "function_status", "grants", "keys", "library_status", "package_status", "plugins",
    "privileges", "procedure_status", "status", "storage_engines", "tables", "variables", "warnings"};

template <size_t N>
bool IsOneOf(const std::string_view (&list)[N], std::string_view name) {
  return std::any_of(std::begin(list), std::end(list), [&](std::string_view word) { return EqualsIgnoreCase(word, name); });
}

Decision Refuse(std::string_view rule, std::string reason) { return Decision::Deny(rule, std::move(reason)); }

std::string NameOf(const sql::ColumnRef& column) {
  return Cat(Printable(column.schema), column.schema.empty() ? "" : ".", Printable(column.table), ".", Printable(column.name));
}

// Of a column whose values come from two with masks. Masks that leave different parts of a value would together leave more of it
// than each does.
Mask Both(const Mask& a, const Mask& b) {
  const auto hides_all = [](const Mask& mask) { return mask.kind == MaskKind::kRedact || mask.kind == MaskKind::kNull; };
  if (a.kind != b.kind && !hides_all(a) && !hides_all(b)) return Mask{};
  return CompareStrictness(a, b) < 0 ? a : b;
}

std::string_view What(sql::ColumnRole role) {
  switch (role) {
    case sql::ColumnRole::kProjected: return "shown otherwise than as it is";
    case sql::ColumnRole::kPredicate: return "a condition on it";
    case sql::ColumnRole::kJoin: return "a join by it";
    case sql::ColumnRole::kGrouping: return "grouping or comparing rows by it";
    case sql::ColumnRole::kOrdering: return "ordering by it";
    case sql::ColumnRole::kAssigned: return "a value assigned to it";
    case sql::ColumnRole::kStored: return "a copy of it";
  }
  return "this use of it";
}

// One statement under the masks of one session.
class Planner {
 public:
  Planner(const Rules& rules, const sql::Facts& facts, const SessionFacts& session, const sql::Schema* schema)
      : rules_(rules), facts_(facts), session_(session), schema_(schema) {}

  std::optional<Decision> RefuseServerState() const;
  std::optional<Decision> RefuseUnresolved() const;
  std::optional<Decision> RefuseChange() const;
  std::optional<Decision> RefuseUses() const;
  std::optional<Decision> RefuseHints() const;
  std::optional<Decision> RefuseNames() const;
  std::optional<Decision> PlanOutputs(MaskPlan& plan) const;

 private:
  std::optional<sql::RelationShape> ShapeOf(const std::string& schema, const std::string& table) const;
  std::optional<MaskFor> MaskAt(const sql::ColumnRef& column) const;
  bool IsHashOfMore(const sql::OutputColumn& output) const;
  bool IsLet(const sql::ColumnUse& use, MaskedUse let) const;
  std::optional<Decision> PlanOutput(const sql::OutputColumn& output, MaskPlan& plan, OutputPlan& planned) const;
  bool TouchesRows() const;

  const Rules& rules_;
  const sql::Facts& facts_;
  const SessionFacts& session_;
  const sql::Schema* schema_;
};

std::optional<sql::RelationShape> Planner::ShapeOf(const std::string& schema, const std::string& table) const {
  if (schema_ == nullptr) return std::nullopt;
  return schema_->FindRelation(schema.empty() ? session_.default_schema : schema, table);
}

// "*" is every column that the table has, or any that it could have where nobody knows it.
std::optional<MaskFor> Planner::MaskAt(const sql::ColumnRef& column) const {
  const auto shape = column.name == "*" ? ShapeOf(column.schema, column.table) : std::nullopt;
  if (!shape) return MaskOf(rules_, session_, column.schema, column.table, column.name);
  std::optional<MaskFor> strictest;
  for (const sql::ColumnShape each : shape->columns) {
    const auto mask = MaskOf(rules_, session_, shape->schema, shape->name, each.name);
    if (mask && (!strictest || mask->use < strictest->use)) strictest = mask;
  }
  return strictest;
}

// Parts of the server that hold statements, rows or messages of this session or of others.
std::optional<Decision> Planner::RefuseServerState() const {
  if (facts_.verb == sql::Verb::kGetDiagnostics) {
    return Refuse(builtin::kServerState, "GET DIAGNOSTICS could copy a value out of a message; columns are masked here");
  }
  if (facts_.verb == sql::Verb::kShow && !IsOneOf(kShowable, facts_.detail)) {
    return Refuse(builtin::kServerState, Cat("SHOW of ", facts_.detail, " could show values of masked columns"));
  }
  if (facts_.server_state_inside) {
    return Refuse(builtin::kServerState, "a statement inside this one shows the server's state or messages, which could hold values of "
                                         "masked columns");
  }
  if (facts_.verb == sql::Verb::kExplain && facts_.detail == "connection") {
    return Refuse(builtin::kServerState, "EXPLAIN FOR CONNECTION could show what another session looks for; columns are masked here");
  }
  for (const sql::ObjectUse& use : facts_.objects) {
    const std::string& schema = use.schema.empty() ? session_.default_schema : use.schema;
    if (use.kind != sql::ObjectKind::kTable || use.access != sql::Access::kRead || !IsSystemSchema(schema)) continue;
    if (IsInformationSchema(schema) && IsOneOf(kNameTables, use.name)) continue;
    return Refuse(builtin::kServerState, Cat(Printable(schema), ".", Printable(use.name),
                                             " could show values of masked columns; of the server's own tables only those of "
                                             "information_schema that hold names may be read here"));
  }
  return std::nullopt;
}

// Whether it could touch a row at all: then every name in it must be known.
bool Planner::TouchesRows() const {
  const auto in_tables = [](const sql::ObjectUse& use) {
    return (use.kind == sql::ObjectKind::kTable || use.kind == sql::ObjectKind::kProcedure ||
            use.kind == sql::ObjectKind::kFunction) &&
           use.access != sql::Access::kInspect;
  };
  const auto unknown = [](const sql::FunctionUse& use) { return use.cls == sql::FunctionClass::kUnknown; };
  return std::any_of(facts_.objects.begin(), facts_.objects.end(), in_tables) ||
         std::any_of(facts_.functions.begin(), facts_.functions.end(), unknown);
}

std::optional<Decision> Planner::RefuseUnresolved() const {
  if (!TouchesRows()) return std::nullopt;
  if (!facts_.resolved) {
    return Refuse(builtin::kNotResolved, "the target's schema is not known yet, and columns are masked here; try again shortly");
  }
  if (facts_.columns_cut) return Refuse(builtin::kNotResolved, "it names more columns than can be followed");
  if (facts_.unresolved.empty()) return std::nullopt;
  return Refuse(builtin::kNotResolved,
                Cat(Printable(facts_.unresolved.front()), " is not known, and columns are masked here; check the name, try again "
                                                          "shortly if it is new, or have the relay's user given the rights of docs/catalog.md"));
}

// A table with masked columns keeps its shape: a column under another name would not be known as masked.
std::optional<Decision> Planner::RefuseChange() const {
  for (const sql::ObjectUse& use : facts_.objects) {
    const bool changes = use.access == sql::Access::kAlter || use.access == sql::Access::kCreate || use.access == sql::Access::kDrop;
    if (use.kind != sql::ObjectKind::kTable || !changes) continue;
    const std::string& schema = use.schema.empty() ? session_.default_schema : use.schema;
    const bool is_new = use.access == sql::Access::kCreate && schema_ != nullptr && !ShapeOf(schema, use.name);
    if (is_new || !MaskAt({schema, use.name, "*"})) continue;
    return Refuse(builtin::kMaskedColumn, Cat(Printable(schema), ".", Printable(use.name), " has masked columns and keeps its shape"));
  }
  return std::nullopt;
}

bool Planner::IsLet(const sql::ColumnUse& use, MaskedUse let) const {
  if (use.role == sql::ColumnRole::kStored) return false;
  if (let == MaskedUse::kAny) return true;
  return let == MaskedUse::kCompareEqual && (use.only_compared || use.role == sql::ColumnRole::kAssigned);
}

std::optional<Decision> Planner::RefuseUses() const {
  const bool explains = facts_.verb == sql::Verb::kExplain;
  for (const sql::ColumnUse& use : facts_.columns) {
    // As far as it shows as it is, it is an output; and of an expression over it errors and counts of rows tell, shown or not.
    if (use.role == sql::ColumnRole::kProjected && !use.transformed && !explains) continue;
    const auto mask = MaskAt(use.column);
    if (!mask || (!explains && IsLet(use, mask->use))) continue;
    return Refuse(builtin::kMaskedColumn,
                  Cat(NameOf(use.column), " is masked: ", explains ? "EXPLAIN of a statement that touches it" : What(use.role),
                      " is not let here; select it bare, or leave it out"));
  }
  return std::nullopt;
}

// Whoever chooses how rows are found chooses the order in which they come.
std::optional<Decision> Planner::RefuseHints() const {
  if (!facts_.plan_hint || !TouchesRows()) return std::nullopt;
  return Refuse(builtin::kMaskedColumn, "an optimizer hint could bring rows in the order of a masked column; leave the hint out");
}

// The server tells a derived column by the derived table's name: as if it were a column of the table of that name.
std::optional<Decision> Planner::RefuseNames() const {
  for (const sql::OutputColumn& output : facts_.outputs) {
    const bool masked = std::any_of(output.sources.begin(), output.sources.end(),
                                    [&](const sql::ColumnSource& source) { return MaskAt(source.column).has_value(); });
    if (masked) continue;
    for (const std::string& table : facts_.derived) {
      if (!MaskOf(rules_, session_, {}, table, output.name)) continue;
      return Refuse(builtin::kMaskedColumn, Cat(Printable(table), ".", Printable(output.name), " is also the name of a masked column, and the result "
                                                "could not be told from it; give the derived table or its column another name"));
    }
  }
  return std::nullopt;
}

// Whoever can put a value of their own beside the hashed ones can have any guess hashed, and compare.
bool Planner::IsHashOfMore(const sql::OutputColumn& output) const {
  if (output.constant) return true;
  std::optional<Mask> hash;
  for (const sql::ColumnSource& source : output.sources) {
    const auto shape = ShapeOf(source.column.schema, source.column.table);
    const auto mask = MaskAt(source.column);
    if (!mask && shape && shape->kind == sql::RelationKind::kView) continue;  // what its columns are made of stands beside them
    if (!mask || mask->mask.kind != MaskKind::kHash || (hash && *hash != mask->mask)) return true;
    hash = mask->mask;
  }
  return false;
}

std::optional<Decision> Planner::PlanOutput(const sql::OutputColumn& output, MaskPlan& plan, OutputPlan& planned) const {
  if (!output.computed) planned.name = output.name;
  for (const sql::ColumnSource& source : output.sources) {
    auto mask = MaskAt(source.column);
    if (!mask) continue;
    if (source.how > sql::Derivation::kBySchema && mask->use != MaskedUse::kAny) {
      return Refuse(builtin::kMaskedColumn,
                    Cat(NameOf(source.column), " is masked: an expression over it is not let here; select it bare, or leave it out"));
    }
    if (output.name == "*") {
      return Refuse(builtin::kMaskedColumn, Cat(NameOf(source.column), " is masked, and nobody knows in which column of the result "
                                                                       "it would be; name the columns"));
    }
    const bool as_it_says = source.how == sql::Derivation::kCopied && (mask->mask.kind != MaskKind::kHash || !IsHashOfMore(output));
    const Mask as = as_it_says ? mask->mask : Mask{};
    planned.mask = planned.mask ? Both(as, *planned.mask) : as;
    plan.applied.push_back(Cat(NameOf(source.column), ": ", MaskText(as)));
  }
  return std::nullopt;
}

std::optional<Decision> Planner::PlanOutputs(MaskPlan& plan) const {
  plan.shows_warnings = facts_.verb == sql::Verb::kShow && (facts_.detail == "warnings" || facts_.detail == "errors");
  bool counted = !facts_.outputs.empty() && facts_.resolved && facts_.verb != sql::Verb::kExplain;
  for (const sql::OutputColumn& output : facts_.outputs) {
    counted &= output.name != "*";
    if (auto refused = PlanOutput(output, plan, plan.outputs.emplace_back())) return refused;
  }
  if (!counted && plan.MasksAnything()) {
    return Refuse(builtin::kMaskedColumn, "nobody knows in which column of the result a masked one would be; name the columns");
  }
  plan.predicted = counted;
  if (!counted) plan.outputs.clear();
  return std::nullopt;
}

Masking Refused(Decision decision) { return {std::move(decision), {.in_force = true}}; }

}  // namespace

Masking PlanMasks(const Rules& rules, const sql::Facts& facts, const SessionFacts& session, const sql::Schema* schema) {
  if (!AnyMasks(rules, session)) return {};
  const Planner planner(rules, facts, session, schema);
  if (auto refused = planner.RefuseServerState()) return Refused(*std::move(refused));
  if (auto refused = planner.RefuseUnresolved()) return Refused(*std::move(refused));
  if (auto refused = planner.RefuseChange()) return Refused(*std::move(refused));
  if (auto refused = planner.RefuseUses()) return Refused(*std::move(refused));
  if (auto refused = planner.RefuseHints()) return Refused(*std::move(refused));
  if (auto refused = planner.RefuseNames()) return Refused(*std::move(refused));
  Masking masking;
  masking.plan.in_force = true;
  if (auto refused = planner.PlanOutputs(masking.plan)) return Refused(*std::move(refused));
  return masking;
}

Masking PlanMasks(const Rules& rules, const std::vector<const sql::Facts*>& batch, const SessionFacts& session,
                  const sql::Schema* schema) {
  if (batch.size() == 1) return PlanMasks(rules, *batch.front(), session, schema);
  Masking together;
  for (const sql::Facts* facts : batch) {
    Masking one = PlanMasks(rules, *facts, session, schema);
    if (one.refused) return one;
    if (one.plan.in_force && sql::MayChangeSchema(*facts)) {
      return Refused(Refuse(builtin::kNotResolved, "a statement that may change the schema must be sent alone: the others of its packet "
                                                   "would be read by the schema before it, and columns are masked here"));
    }
    if (one.plan.MasksAnything() || one.plan.shows_warnings) {
      return Refused(Refuse(builtin::kMaskedColumn, "a statement that shows a masked column, or warnings, must be sent alone"));
    }
    together.plan.in_force |= one.plan.in_force;
  }
  return together;
}

}  // namespace postern::policy
