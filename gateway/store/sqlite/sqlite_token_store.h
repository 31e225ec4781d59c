// The token store in an SQLite file. One connection behind a lock: tokens change seldom and are read from memory.
#ifndef POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_
#define POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_

#include <filesystem>
#include <memory>

#include "gateway/store/store.h"

namespace postern::store {

// Opens or creates the file (mode 0600) and brings its schema up to date. FAILED_PRECONDITION when a newer version of
// Postern wrote it.
absl::StatusOr<std::unique_ptr<TokenStore>> OpenSqliteTokenStore(const std::filesystem::path& file);

}  // namespace postern::store

#endif  // POSTERN_GATEWAY_STORE_SQLITE_SQLITE_TOKEN_STORE_H_
