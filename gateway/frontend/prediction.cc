#include "gateway/frontend/prediction.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "gateway/policy/masks.h"

namespace postern::frontend {
namespace {

constexpr size_t kMaxNameBytes = 64;  // longer aliases are cut by servers, each in its own way

bool IsPlainAscii(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

std::string_view Trimmed(std::string_view name) {
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  return name;
}

// Whether the result's name can be the predicted one. What servers spell in ways of their own is not compared.
bool MayBeNamed(std::string_view predicted, std::string_view actual) {
  if (predicted.empty() || predicted.size() > kMaxNameBytes || !IsPlainAscii(predicted) || !IsPlainAscii(actual)) return true;
  const std::string_view a = Trimmed(predicted);
  const std::string_view b = Trimmed(actual);
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()), absl::string_view(b.data(), b.size()));
}

}  // namespace

std::string DifferenceFrom(const policy::MaskPlan& plan, masking::RowMasks::Columns columns) {
  const auto& outputs = plan.outputs;
  if (columns.size() != outputs.size()) {
    return absl::StrCat("the result has ", columns.size(), " columns where ", outputs.size(), " were expected");
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (MayBeNamed(outputs[i].name, columns[i].name)) continue;
    return absl::StrCat("column ", i + 1, " of the result is not ", outputs[i].name);
  }
  return {};
}

std::string UnplannedMasked(const policy::Rules& rules, const policy::SessionFacts& session, const policy::MaskPlan& plan,
                            bool planned, masking::RowMasks::Columns columns) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (planned && plan.outputs[i].mask) continue;
    const mysql::ColumnDefinition41& column = columns[i];
    if (column.org_name.empty()) continue;
    for (const std::string& table : {column.org_table, column.table}) {
      if (table.empty() || !policy::MaskOf(rules, session, column.schema, table, column.org_name)) continue;
      return absl::StrCat("column ", i + 1, " of the result is ", table, ".", column.org_name, ", which is masked");
    }
  }
  return {};
}

}  // namespace postern::frontend
