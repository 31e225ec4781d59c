// Property: any text is refused or read whole; what is read has a canonical text that reads to equal facts and is its own
// canonical text; and a digest exists for it. The first bytes choose the dialect.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

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
  dialect.charset = static_cast<Charset>(data[1] % 5);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  (void)ReadBatch(text, dialect);
  const Reading reading = Read(text, dialect);
  if (!reading.ok()) {
    if (reading.error->ToString().empty() || reading.error->offset > text.size()) abort();
    return 0;
  }
  const std::string canonical(reading.canonical.view());
  const Reading again = Read(canonical, dialect);
  if (!again.ok() || !(again.facts == reading.facts) || again.canonical.view() != canonical) abort();
  if (DigestOf(text, dialect).fingerprint.empty()) abort();
  return 0;
}
