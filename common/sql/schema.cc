#include "common/sql/schema.h"

#include <cstring>

namespace postern::sql {
namespace {

constexpr unsigned char kInvisible = 1;
constexpr unsigned char kGenerated = 2;
constexpr size_t kHeader = 2;
constexpr size_t kLength = 4;

unsigned char ByteAt(const char* at) { return static_cast<unsigned char>(*at); }

uint32_t LengthAt(const char* at) {
  uint32_t length = 0;
  for (size_t i = kLength; i-- > 0;) length = length << 8 | ByteAt(at + i);
  return length;
}

}  // namespace

void ColumnList::Pack(const ColumnShape& column, std::string& packed) {
  const std::string_view name = column.name.substr(0, 255);
  const bool generated = !column.generated_from.empty();
  packed += static_cast<char>(name.size());
  packed += static_cast<char>((column.invisible ? kInvisible : 0) | (generated ? kGenerated : 0));
  packed += name;
  if (!generated) return;
  for (size_t i = 0; i < kLength; ++i) packed += static_cast<char>(column.generated_from.size() >> (8 * i));
  packed += column.generated_from;
}

ColumnShape ColumnList::Iterator::operator*() const {
  ColumnShape column;
  const size_t name = ByteAt(at_);
  const unsigned char flags = ByteAt(at_ + 1);
  column.name = {at_ + kHeader, name};
  column.invisible = (flags & kInvisible) != 0;
  if ((flags & kGenerated) != 0) column.generated_from = {at_ + kHeader + name + kLength, LengthAt(at_ + kHeader + name)};
  return column;
}

ColumnList::Iterator& ColumnList::Iterator::operator++() {
  const size_t name = ByteAt(at_);
  const bool generated = (ByteAt(at_ + 1) & kGenerated) != 0;
  at_ += kHeader + name;
  if (generated) at_ += kLength + LengthAt(at_);
  return *this;
}

}  // namespace postern::sql
