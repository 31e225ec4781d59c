// The rows that an UPDATE or a DELETE would meet, as queries that can be run in its place. Pure, any thread.
#ifndef POSTERN_COMMON_SQL_ROWS_MET_H_
#define POSTERN_COMMON_SQL_ROWS_MET_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "common/sql/dialect.h"

namespace postern::sql {

struct RowsMet {
  std::string why_not;       // set: nothing below holds
  std::string count;         // one row of one column: how many, but no more than asked for
  std::string sample;        // whole rows, the first of them
  std::string explain;       // how the server would find all of them
  bool approximate = false;  // the statement has a LIMIT without an order: the server may choose other rows
};

// Of a statement over one table whose WHERE neither calls what is not known to only compute, nor uses variables, parameters or
// other tables. What the queries do is what the reader says of them: they are read again here, and refused if they are anything
// but reads of that table. `text` is canonical.
RowsMet RowsMetBy(std::string_view text, const Dialect& dialect, uint64_t count_up_to, uint64_t sample_rows);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_ROWS_MET_H_
