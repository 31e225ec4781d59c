// Every statement of tests/golden/sql answers what its file says. POSTERN_UPDATE_GOLDEN=1 writes the answers anew.
#include <catch2/catch.hpp>

#include <cstdlib>

#include "golden_corpus.h"

namespace postern::sql {

TEST_CASE("statements answer what their golden files say") {
  const bool update = std::getenv("POSTERN_UPDATE_GOLDEN") != nullptr;
  std::vector<GoldenFile> files = LoadGoldenFiles();
  REQUIRE(files.size() >= 8);
  for (GoldenFile& file : files) {
    REQUIRE(!file.blocks.empty());
    for (GoldenBlock& block : file.blocks) {
      const std::string answer = AnswerTo(block.sql, block.dialect);
      if (update) {
        block.answer = answer;
        continue;
      }
      INFO(file.path.string() << "\n" << block.dialect_line << "\n" << block.sql);
      CHECK(answer == block.answer);
    }
    if (update) SaveGoldenFile(file);
  }
}

}  // namespace postern::sql
