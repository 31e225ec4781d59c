// Identifiers: a prefix that says what is named, then a ULID (48 bits of milliseconds, 80 random bits, Crockford
// base 32), so that ids sort by time and cannot be guessed from one another. https://github.com/ulid/spec
#ifndef POSTERN_COMMON_IDS_ULID_H_
#define POSTERN_COMMON_IDS_ULID_H_

#include <string>
#include <string_view>

namespace postern::ids {

// A new identifier such as "ses_01JD3X6Y0V7Q4M3Z8T5N2K9BRA". Thread-safe. Aborts only if the kernel has no randomness.
std::string NewId(std::string_view prefix);

inline std::string NewSessionId() { return NewId("ses_"); }
inline std::string NewStatementId() { return NewId("stm_"); }
inline std::string NewApprovalId() { return NewId("apr_"); }
inline std::string NewTaskId() { return NewId("tsk_"); }
inline std::string NewTokenId() { return NewId("tok_"); }

}  // namespace postern::ids

#endif  // POSTERN_COMMON_IDS_ULID_H_
