// The golden files of tests/golden/sql, read: each block is a dialect, a statement and what reading it must answer.
#ifndef POSTERN_TESTS_UNIT_COMMON_SQL_GOLDEN_CORPUS_H_
#define POSTERN_TESTS_UNIT_COMMON_SQL_GOLDEN_CORPUS_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/sql/dialect.h"

namespace postern::sql {

struct GoldenBlock {
  std::string dialect_line;  // "mysql 90704", "mariadb 101119 ansi_quotes", "mysql 80040 latin1"
  Dialect dialect;
  std::string sql;
  std::string answer;
};

struct GoldenFile {
  std::filesystem::path path;
  std::vector<GoldenBlock> blocks;
};

std::vector<GoldenFile> LoadGoldenFiles();
void SaveGoldenFile(const GoldenFile& file);
// The summary of a statement's tree, or "refused".
// REQUIRES: a text without comments.
std::string TreeOf(std::string_view text, const Dialect& dialect);
// Tree (each line behind "| "), facts and canonical text, or the error, as golden files hold them.
std::string AnswerTo(const std::string& sql, const Dialect& dialect);

}  // namespace postern::sql

#endif  // POSTERN_TESTS_UNIT_COMMON_SQL_GOLDEN_CORPUS_H_
