// Property: whatever reads is printed as the same statement: laid out, with an equal tree and equal functions, objects and
// group, and printing it again changes nothing. The first bytes choose the dialect.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/sql/print.h"
#include "common/sql/read.h"

using namespace postern::sql;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Dialect dialect;
  dialect.vendor = data[0] & 1 ? Vendor::kMariaDb : Vendor::kMySql;
  dialect.version = data[0] & 1 ? 101119 : data[0] & 2 ? 90704 : 80040;
  dialect.mode.ansi_quotes = data[0] & 4;
  dialect.mode.no_backslash_escapes = data[0] & 8;
  dialect.mode.ignore_space = data[0] & 16;
  dialect.mode.pipes_as_concat = data[0] & 32;
  dialect.mode.high_not_precedence = data[0] & 64;
  dialect.charset = static_cast<Charset>(data[1] % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Reading reading = Read(text, dialect);
  const Printed printed = Print(text, dialect);
  if (printed.ok() != reading.ok()) abort();
  if (!reading.ok()) return 0;
  if (!printed.laid_out) abort();
  const Reading again = Read(printed.text, dialect);
  if (!again.ok() || !again.canonical.is_view()) abort();
  const Facts& a = reading.facts;
  const Facts& b = again.facts;
  if (a.verb != b.verb || a.group != b.group || a.objects != b.objects || a.functions != b.functions) abort();
  if (a.columns != b.columns || a.session.harmless_startup != b.session.harmless_startup) abort();
  if (Print(printed.text, dialect).text != printed.text) abort();
  return 0;
}
