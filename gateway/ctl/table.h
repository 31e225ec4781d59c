// Aligned columns for people. Cells are made safe here, so that no caller can forget. Pure but for the stream.
#ifndef POSTERN_GATEWAY_CTL_TABLE_H_
#define POSTERN_GATEWAY_CTL_TABLE_H_

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::ctl {

class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}

  // REQUIRES: as many cells as the head has.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Two spaces between columns, nothing at the ends of lines.
  void Print(std::ostream& out) const;

 private:
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
};

// "agent   orders-bot": a name and its value per line, aligned; values made safe.
class Sheet {
 public:
  void Add(std::string name, std::string_view value);
  void Print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_TABLE_H_
