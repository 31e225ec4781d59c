#include "golden_corpus.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/sql/ast/summary.h"
#include "common/sql/parser/parser.h"
#include "common/sql/read.h"

namespace postern::sql {
namespace {

Dialect ParseDialect(const std::string& line) {
  std::istringstream words(line);
  std::string vendor, word;
  Dialect dialect;
  words >> vendor >> dialect.version;
  if (vendor != "mysql" && vendor != "mariadb") throw std::runtime_error("not a dialect: " + line);
  dialect.vendor = vendor == "mysql" ? Vendor::kMySql : Vendor::kMariaDb;
  while (words >> word) {
    const Charset charset = CharsetFromName(word);
    if (charset != Charset::kUnsafe) {
      dialect.charset = charset;
    } else {
      dialect.mode = ParseSqlMode(word).value();
    }
  }
  return dialect;
}

void AppendLine(std::string& text, const std::string& line) {
  if (!text.empty()) text += '\n';
  text += line;
}

GoldenFile LoadFile(const std::filesystem::path& path) {
  GoldenFile file{path, {}};
  std::ifstream in(path);
  bool in_block = false;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) {
      in_block = false;
    } else if (!in_block) {
      file.blocks.push_back({line, ParseDialect(line), "", ""});
      in_block = true;
    } else if (line.rfind("> ", 0) == 0) {
      AppendLine(file.blocks.back().sql, line.substr(2));
    } else {
      AppendLine(file.blocks.back().answer, line);
    }
  }
  return file;
}

std::string Quoted(const std::string& text, const std::string& prefix) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out += prefix + line + "\n";
  return out;
}

}  // namespace

std::vector<GoldenFile> LoadGoldenFiles() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(POSTERN_SOURCE_DIR "/tests/golden/sql")) {
    if (entry.path().extension() == ".golden") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<GoldenFile> files;
  for (const auto& path : paths) files.push_back(LoadFile(path));
  return files;
}

void SaveGoldenFile(const GoldenFile& file) {
  std::ofstream out(file.path);
  const char* separator = "";
  for (const GoldenBlock& block : file.blocks) {
    out << separator << block.dialect_line << "\n" << Quoted(block.sql, "> ") << block.answer << "\n";
    separator = "\n";
  }
}

std::string TreeOf(std::string_view text, const Dialect& dialect) {
  Arena arena;
  Parser parser(text, dialect, {}, arena);
  const Statement* statement = parser.ParseNext();
  if (statement == nullptr || !parser.AtEndOfText() || parser.failed()) return "refused";
  return Summarize(*statement, dialect);
}

std::string AnswerTo(const std::string& sql, const Dialect& dialect) {
  const Reading reading = Read(sql, dialect);
  if (!reading.ok()) {
    std::string answer = "error: " + std::string(ParseErrorKindName(reading.error->kind)) + ", " + reading.error->ToString();
    if (reading.error->hint != Verb::kUnknown) answer += "\nhint: " + std::string(VerbName(reading.error->hint));
    return answer;
  }
  std::string answer = Quoted(TreeOf(reading.canonical.view(), dialect), "| ") + ToText(reading.facts);
  if (reading.canonical.view() != sql) answer += Quoted(std::string(reading.canonical.view()), "text: ");
  answer.pop_back();
  return answer;
}

}  // namespace postern::sql
