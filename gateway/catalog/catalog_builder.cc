#include "gateway/catalog/catalog_builder.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "common/text/utf8.h"

namespace postern::catalog {
namespace {

// 64 characters of at most 4 bytes, which is more than either server lets; ColumnList::Pack takes no more.
constexpr size_t kMaxNameBytes = 255;
// MySQL and MariaDB let a table have 4096, and system versioning hides two.
constexpr uint32_t kMaxColumns = 4098;
// Relays cut definitions at 1 MiB at the most.
constexpr size_t kMaxTextBytes = size_t{1} << 20;
constexpr size_t kMaxThings = std::numeric_limits<uint32_t>::max() - 1;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name.find('\0') == std::string_view::npos &&
         text::IsValidUtf8(name);
}

// What is wrong, without the names: those are a stranger's.
absl::Status Bad(const char* what) { return absl::InvalidArgumentError(absl::StrCat("not a snapshot: ", what)); }

sql::RelationKind KindOf(v1::CatalogRelation::Kind kind) {
  if (kind == v1::CatalogRelation::KIND_VIEW) return sql::RelationKind::kView;
  if (kind == v1::CatalogRelation::KIND_SEQUENCE) return sql::RelationKind::kSequence;
  return sql::RelationKind::kTable;
}

}  // namespace

absl::Status CatalogBuilder::Add(const v1::CatalogItem& item) {
  if ((catalog_ == nullptr) != item.has_server()) return Bad("the server's facts come first, and once");
  if (open_text_ && !item.has_text()) return Bad("a text without its end");
  absl::Status added;
  switch (item.item_case()) {
    case v1::CatalogItem::kServer:
      added = Add(item.server());
      break;
    case v1::CatalogItem::kSchema:
      added = Add(item.schema());
      break;
    case v1::CatalogItem::kRelation:
      added = Add(item.relation());
      break;
    case v1::CatalogItem::kColumns:
      added = Add(item.columns());
      break;
    case v1::CatalogItem::kText:
      added = Add(item.text());
      break;
    case v1::CatalogItem::ITEM_NOT_SET:
      return Bad("an item of no known kind");
  }
  return added.ok() ? CheckSize() : added;
}

absl::Status CatalogBuilder::Add(const v1::ServerFacts& server) {
  if (server.lower_case_table_names() > 2) return Bad("lower_case_table_names");
  catalog_.reset(new Catalog(server));
  return absl::OkStatus();
}

absl::Status CatalogBuilder::CheckSize() const {
  if (packed_.size() + catalog_->texts_.memory_bytes() + catalog_->relations_.size() * sizeof(Catalog::Relation) +
          (catalog_->procedures_.size() + catalog_->functions_.size()) * sizeof(Catalog::Routine) +
          catalog_->triggers_.size() * sizeof(Catalog::Trigger) +
          catalog_->schemas_.size() * sizeof(Catalog::SchemaName) >
      limits_.bytes) {
    return absl::ResourceExhaustedError("the schema takes more memory than limits.catalog_bytes lets");
  }
  return absl::OkStatus();
}

// Most things stand beside others of the same schema.
std::string_view CatalogBuilder::KeepSchema(std::string_view schema) {
  if (last_schema_ != schema) last_schema_ = catalog_->texts_.Keep(schema);
  return last_schema_;
}

absl::Status CatalogBuilder::Add(const v1::CatalogName& schema) {
  if (!IsName(schema.name())) return Bad("a schema's name");
  catalog_->schemas_.push_back({KeepSchema(schema.name()), {}});
  if (!catalog_->schema_index_.Add(static_cast<uint32_t>(catalog_->schemas_.size() - 1))) return Bad("a schema twice");
  return absl::OkStatus();
}

absl::Status CatalogBuilder::Add(const v1::CatalogRelation& relation) {
  if (!IsName(relation.schema()) || !IsName(relation.name())) return Bad("a relation's name");
  // Of a kind that nobody here knows: as if it were not there.
  if (!v1::CatalogRelation::Kind_IsValid(relation.kind()) || relation.kind() == v1::CatalogRelation::KIND_UNSPECIFIED) {
    return absl::OkStatus();
  }
  if (catalog_->relations_.size() >= kMaxThings) return absl::ResourceExhaustedError("too many relations");
  Catalog::Relation& made = catalog_->relations_.emplace_back();
  made.schema = KeepSchema(relation.schema());
  made.name = catalog_->texts_.Keep(relation.name());
  made.kind = KindOf(relation.kind());
  made.versioned = relation.kind() == v1::CatalogRelation::KIND_VERSIONED_TABLE;
  made.triggers_hidden = relation.triggers_hidden();
  const auto position = static_cast<uint32_t>(catalog_->relations_.size() - 1);
  return catalog_->relation_index_.Add(position) ? absl::OkStatus() : Bad("a relation twice");
}

absl::Status CatalogBuilder::Add(const v1::CatalogColumns& columns) {
  const Catalog::Relation* found = catalog_->relation_index_.Find(columns.schema(), columns.relation());
  // It was made after the relations were read.
  if (found == nullptr) return CloseColumns();
  const auto position = static_cast<uint32_t>(found - catalog_->relations_.data());
  if (open_relation_ != position) {
    if (absl::Status closed = CloseColumns(); !closed.ok()) return closed;
    if (found->column_count > 0) return Bad("columns of a relation in two places");
    open_relation_ = position;
  }
  for (const v1::CatalogColumn& column : columns.columns()) {
    if (!IsName(column.name())) return Bad("a column's name");
    if (++column_count_ > kMaxColumns) return Bad("a relation with too many columns");
    const bool hidden = column.expression_hidden();
    sql::ColumnList::Pack(
        {column.name(), column.invisible(), hidden ? Catalog::kUnknownExpression : column.expression()}, packed_);
    catalog_->relations_[position].has_period |= column.period();
  }
  return absl::OkStatus();
}

absl::Status CatalogBuilder::CloseColumns() {
  if (!open_relation_) return absl::OkStatus();
  Catalog::Relation& relation = catalog_->relations_[*open_relation_];
  // Where a table does not name the columns of its rows' time, they have these names, and no list shows them.
  if (relation.versioned && !relation.has_period) {
    sql::ColumnList::Pack({"row_start", true, {}}, packed_);
    sql::ColumnList::Pack({"row_end", true, {}}, packed_);
    column_count_ += 2;
  }
  relation.columns = catalog_->texts_.Keep(packed_);
  relation.column_count = column_count_;
  catalog_->counts_.columns += column_count_;
  open_relation_.reset();
  packed_.clear();
  column_count_ = 0;
  return absl::OkStatus();
}

absl::Status CatalogBuilder::Add(const v1::CatalogText& text) {
  if (!open_text_) {
    if (!IsName(text.schema()) || !IsName(text.name())) return Bad("a definition's name");
    open_text_ = text;
  } else {
    if (open_text_->of() != text.of() || open_text_->schema() != text.schema() || open_text_->name() != text.name()) {
      return Bad("a text continued by another");
    }
    open_text_->mutable_text()->append(text.text());
  }
  if (open_text_->text().size() > kMaxTextBytes) return Bad("a text that is too long");
  if (text.more()) return absl::OkStatus();
  const v1::CatalogText whole = *std::exchange(open_text_, std::nullopt);
  switch (whole.of()) {
    case v1::CatalogText::OF_VIEW:
    case v1::CatalogText::OF_TRIGGER:
      return AddToRelation(whole);
    case v1::CatalogText::OF_PROCEDURE:
    case v1::CatalogText::OF_FUNCTION:
      return AddRoutine(whole);
    default:
      return Bad("a definition of no known kind");  // proto enums are open
  }
}

absl::Status CatalogBuilder::AddToRelation(const v1::CatalogText& text) {
  const Catalog::Relation* found = catalog_->relation_index_.Find(text.schema(), text.name());
  if (found == nullptr) return absl::OkStatus();
  const auto position = static_cast<uint32_t>(found - catalog_->relations_.data());
  if (text.of() == v1::CatalogText::OF_TRIGGER) {
    catalog_->triggers_.push_back({position, catalog_->texts_.Keep(text.text())});
    return absl::OkStatus();
  }
  Catalog::Relation& relation = catalog_->relations_[position];
  // It became a view after the relations were read.
  if (relation.kind != sql::RelationKind::kView) return absl::OkStatus();
  if (std::exchange(relation.defined, true)) return Bad("a view defined twice");
  relation.definition = catalog_->texts_.Keep(text.text());
  return absl::OkStatus();
}

absl::Status CatalogBuilder::AddRoutine(const v1::CatalogText& text) {
  const bool function = text.of() == v1::CatalogText::OF_FUNCTION;
  auto& routines = function ? catalog_->functions_ : catalog_->procedures_;
  auto& index = function ? catalog_->function_index_ : catalog_->procedure_index_;
  if (routines.size() >= kMaxThings) return absl::ResourceExhaustedError("too many routines");
  const std::string_view schema = KeepSchema(text.schema());
  routines.push_back({schema, catalog_->texts_.Keep(text.name()), catalog_->texts_.Keep(text.text())});
  return index.Add(static_cast<uint32_t>(routines.size() - 1)) ? absl::OkStatus() : Bad("a routine twice");
}

absl::StatusOr<std::shared_ptr<Catalog>> CatalogBuilder::Finish(std::string digest) {
  if (catalog_ == nullptr) return Bad("nothing in it");
  if (open_text_) return Bad("a text without its end");
  if (absl::Status closed = CloseColumns(); !closed.ok()) return closed;
  Catalog& catalog = *catalog_;
  catalog.digest_ = std::move(digest);
  CatalogCounts& counts = catalog.counts_;
  for (uint32_t i = 0; i < catalog.relations_.size(); ++i) {
    const Catalog::Relation& relation = catalog.relations_[i];
    // It went before its columns were read, or nobody may see them.
    if (relation.column_count == 0) {
      catalog.relation_index_.Remove(i);
      continue;
    }
    if (relation.triggers_hidden) catalog.triggers_.push_back({i, {}});
    if (relation.kind == sql::RelationKind::kView && relation.definition.empty()) ++counts.hidden_definitions;
  }
  std::stable_sort(catalog.triggers_.begin(), catalog.triggers_.end(),
                   [](const auto& a, const auto& b) { return a.relation < b.relation; });
  const auto hidden = [](const auto& thing) { return thing.body.empty(); };
  for (const auto* routines : {&catalog.procedures_, &catalog.functions_}) {
    counts.hidden_definitions += static_cast<uint64_t>(std::count_if(routines->begin(), routines->end(), hidden));
  }
  counts.hidden_definitions +=
      static_cast<uint64_t>(std::count_if(catalog.triggers_.begin(), catalog.triggers_.end(), hidden));
  counts.schemas = catalog.schemas_.size();
  counts.relations = catalog.relation_index_.size();
  counts.routines = catalog.procedures_.size() + catalog.functions_.size();
  counts.triggers = catalog.triggers_.size();
  catalog.relations_.shrink_to_fit();
  catalog.triggers_.shrink_to_fit();
  return std::move(catalog_);
}

}  // namespace postern::catalog
