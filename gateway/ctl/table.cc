#include "gateway/ctl/table.h"

#include <algorithm>
#include <ostream>

#include "gateway/ctl/safe_text.h"

namespace postern::ctl {
namespace {

void PrintAligned(std::ostream& out, const std::vector<const std::vector<std::string>*>& rows) {
  std::vector<size_t> widths;
  for (const auto* row : rows) {
    widths.resize(std::max(widths.size(), row->size()));
    for (size_t i = 0; i < row->size(); ++i) widths[i] = std::max(widths[i], Width((*row)[i]));
  }
  for (const auto* row : rows) {
    std::string line;
    for (size_t i = 0; i < row->size(); ++i) {
      if (i > 0) line += "  ";
      line += (*row)[i];
      if (i + 1 < row->size()) line.append(widths[i] - Width((*row)[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace

void Table::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = cell.empty() ? "-" : OneLine(cell);
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out) const {
  std::vector<const std::vector<std::string>*> rows = {&head_};
  for (const auto& row : rows_) rows.push_back(&row);
  PrintAligned(out, rows);
}

void Sheet::Add(std::string name, std::string_view value) {
  lines_.push_back({std::move(name), value.empty() ? "-" : OneLine(value)});
}

void Sheet::Print(std::ostream& out) const {
  std::vector<const std::vector<std::string>*> rows;
  for (const auto& line : lines_) rows.push_back(&line);
  PrintAligned(out, rows);
}

}  // namespace postern::ctl
