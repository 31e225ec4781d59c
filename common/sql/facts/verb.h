// What a statement does, in one word, and the group of verbs that policy speaks of. The one list of both is here.
#ifndef POSTERN_COMMON_SQL_FACTS_VERB_H_
#define POSTERN_COMMON_SQL_FACTS_VERB_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postern::sql {

enum class VerbGroup : uint8_t { kRead, kWrite, kDdl, kAccount, kAdmin, kSession, kTransaction };

// X(enumerator, name, group). The part of a name before the first '_' is its word: "create" for "create_table".
#define POSTERN_SQL_VERBS(X)                                    \
  X(kUnknown, "unknown", kAdmin)                                \
  X(kSelect, "select", kRead)                                   \
  X(kTable, "table", kRead)                                     \
  X(kValues, "values", kRead)                                   \
  X(kShow, "show", kRead)                                       \
  X(kDescribe, "describe", kRead)                               \
  X(kExplain, "explain", kRead)                                 \
  X(kHelp, "help", kRead)                                       \
  X(kInsert, "insert", kWrite)                                  \
  X(kReplace, "replace", kWrite)                                \
  X(kUpdate, "update", kWrite)                                  \
  X(kDelete, "delete", kWrite)                                  \
  X(kLoad, "load", kWrite)                                      \
  X(kCall, "call", kWrite)                                      \
  X(kDo, "do", kWrite)                                          \
  X(kHandler, "handler", kWrite)                                \
  X(kLock, "lock_tables", kWrite)                               \
  X(kUnlock, "unlock_tables", kWrite)                           \
  X(kBlock, "block", kAdmin)                                    \
  X(kCreateTable, "create_table", kDdl)                         \
  X(kCreateView, "create_view", kDdl)                           \
  X(kCreateIndex, "create_index", kDdl)                         \
  X(kCreateSchema, "create_database", kDdl)                     \
  X(kCreateProcedure, "create_procedure", kDdl)                 \
  X(kCreateFunction, "create_function", kDdl)                   \
  X(kCreateTrigger, "create_trigger", kDdl)                     \
  X(kCreateEvent, "create_event", kDdl)                         \
  X(kCreateSequence, "create_sequence", kDdl)                   \
  X(kCreatePackage, "create_package", kDdl)                     \
  X(kCreateLibrary, "create_library", kDdl)                     \
  X(kCreateServer, "create_server", kDdl)                       \
  X(kCreateTablespace, "create_tablespace", kDdl)               \
  X(kCreateLogfileGroup, "create_logfile_group", kDdl)          \
  X(kCreateSpatialReferenceSystem, "create_srs", kDdl)          \
  X(kAlterTable, "alter_table", kDdl)                           \
  X(kAlterView, "alter_view", kDdl)                             \
  X(kAlterSchema, "alter_database", kDdl)                       \
  X(kAlterProcedure, "alter_procedure", kDdl)                   \
  X(kAlterFunction, "alter_function", kDdl)                     \
  X(kAlterEvent, "alter_event", kDdl)                           \
  X(kAlterSequence, "alter_sequence", kDdl)                     \
  X(kAlterLibrary, "alter_library", kDdl)                       \
  X(kAlterServer, "alter_server", kDdl)                         \
  X(kAlterTablespace, "alter_tablespace", kDdl)                 \
  X(kAlterLogfileGroup, "alter_logfile_group", kDdl)            \
  X(kAlterInstance, "alter_instance", kAdmin)                   \
  X(kDropTable, "drop_table", kDdl)                             \
  X(kDropView, "drop_view", kDdl)                               \
  X(kDropIndex, "drop_index", kDdl)                             \
  X(kDropSchema, "drop_database", kDdl)                         \
  X(kDropProcedure, "drop_procedure", kDdl)                     \
  X(kDropFunction, "drop_function", kDdl)                       \
  X(kDropTrigger, "drop_trigger", kDdl)                         \
  X(kDropEvent, "drop_event", kDdl)                             \
  X(kDropSequence, "drop_sequence", kDdl)                       \
  X(kDropPackage, "drop_package", kDdl)                         \
  X(kDropLibrary, "drop_library", kDdl)                         \
  X(kDropServer, "drop_server", kDdl)                           \
  X(kDropTablespace, "drop_tablespace", kDdl)                   \
  X(kDropLogfileGroup, "drop_logfile_group", kDdl)              \
  X(kDropSpatialReferenceSystem, "drop_srs", kDdl)              \
  X(kTruncate, "truncate", kDdl)                                \
  X(kRenameTable, "rename_table", kDdl)                         \
  X(kImportTable, "import_table", kDdl)                         \
  X(kCreateUser, "create_user", kAccount)                       \
  X(kCreateRole, "create_role", kAccount)                       \
  X(kAlterUser, "alter_user", kAccount)                         \
  X(kDropUser, "drop_user", kAccount)                           \
  X(kDropRole, "drop_role", kAccount)                           \
  X(kRenameUser, "rename_user", kAccount)                       \
  X(kGrant, "grant", kAccount)                                  \
  X(kRevoke, "revoke", kAccount)                                \
  X(kSetPassword, "set_password", kAccount)                     \
  X(kSetRole, "set_role", kAccount)                             \
  X(kSetDefaultRole, "set_default_role", kAccount)              \
  X(kBegin, "begin", kTransaction)                              \
  X(kCommit, "commit", kTransaction)                            \
  X(kRollback, "rollback", kTransaction)                        \
  X(kSavepoint, "savepoint", kTransaction)                      \
  X(kReleaseSavepoint, "release_savepoint", kTransaction)       \
  X(kRollbackToSavepoint, "rollback_to_savepoint", kTransaction) \
  X(kSetTransaction, "set_transaction", kTransaction)           \
  X(kXa, "xa", kTransaction)                                    \
  X(kSet, "set", kSession)                                      \
  X(kUse, "use", kSession)                                      \
  X(kPrepare, "prepare", kAdmin)                                \
  X(kExecute, "execute", kAdmin)                                \
  X(kExecuteImmediate, "execute_immediate", kAdmin)             \
  X(kDeallocate, "deallocate_prepare", kSession)                \
  X(kSetGlobal, "set_global", kAdmin)                           \
  X(kKill, "kill", kAdmin)                                      \
  X(kFlush, "flush", kAdmin)                                    \
  X(kReset, "reset", kAdmin)                                    \
  X(kPurge, "purge", kAdmin)                                    \
  X(kAnalyzeTable, "analyze_table", kAdmin)                     \
  X(kOptimizeTable, "optimize_table", kAdmin)                   \
  X(kCheckTable, "check_table", kAdmin)                         \
  X(kRepairTable, "repair_table", kAdmin)                       \
  X(kChecksumTable, "checksum_table", kAdmin)                   \
  X(kCacheIndex, "cache_index", kAdmin)                         \
  X(kLoadIndex, "load_index", kAdmin)                           \
  X(kBackup, "backup", kAdmin)                                  \
  X(kBinlog, "binlog", kAdmin)                                  \
  X(kClone, "clone", kAdmin)                                    \
  X(kInstallPlugin, "install_plugin", kAdmin)                   \
  X(kInstallComponent, "install_component", kAdmin)             \
  X(kUninstallPlugin, "uninstall_plugin", kAdmin)               \
  X(kUninstallComponent, "uninstall_component", kAdmin)         \
  X(kLockInstance, "lock_instance", kAdmin)                     \
  X(kUnlockInstance, "unlock_instance", kAdmin)                 \
  X(kChangeReplication, "change_replication", kAdmin)           \
  X(kStartReplication, "start_replication", kAdmin)             \
  X(kStopReplication, "stop_replication", kAdmin)               \
  X(kCreateResourceGroup, "create_resource_group", kAdmin)      \
  X(kAlterResourceGroup, "alter_resource_group", kAdmin)        \
  X(kDropResourceGroup, "drop_resource_group", kAdmin)          \
  X(kSetResourceGroup, "set_resource_group", kAdmin)            \
  X(kRestart, "restart", kAdmin)                                \
  X(kShutdown, "shutdown", kAdmin)                              \
  X(kSignal, "signal", kWrite)                                  \
  X(kResignal, "resignal", kWrite)                              \
  X(kGetDiagnostics, "get_diagnostics", kSession)

enum class Verb : uint8_t {
#define POSTERN_SQL_ENUMERATE(verb, name, group) verb,
  POSTERN_SQL_VERBS(POSTERN_SQL_ENUMERATE)
#undef POSTERN_SQL_ENUMERATE
};

inline constexpr size_t kVerbCount = 0
#define POSTERN_SQL_COUNT(verb, name, group) +1
    POSTERN_SQL_VERBS(POSTERN_SQL_COUNT)
#undef POSTERN_SQL_COUNT
    ;

// "create_table". Stable: policies, records and goldens hold it.
std::string_view VerbName(Verb verb);
// "create" for kCreateTable, "select" for kSelect: the word a policy author would write.
std::string_view VerbWord(Verb verb);
VerbGroup GroupOf(Verb verb);
// "read", "write", "ddl", "account", "admin", "session", "transaction".
std::string_view GroupName(VerbGroup group);

// Whether a word of a policy's `verbs:` list covers this verb: its name, its word or its group's name.
bool VerbMatches(Verb verb, std::string_view pattern);
// Whether any verb is covered by the word; a policy that names none such has a typing error.
bool IsVerbPattern(std::string_view pattern);

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_FACTS_VERB_H_
