#include "gateway/console/web_files.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace postern::console {
namespace {

std::string OnDisk(std::string_view path) {
  const std::string name = path == "/" ? "/index.html" : std::string(path);
  std::ifstream in(std::string(POSTERN_SOURCE_DIR) + "/gateway/console/web" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("what is served is what stands in web/, and the first view is small") {
  std::set<std::string_view> etags;
  size_t bytes = 0;
  for (const WebFile& file : WebFiles()) {
    INFO(file.path);
    CHECK((file.content == OnDisk(file.path)));  // a failure need not print both
    CHECK(etags.insert(file.etag).second);
    bytes += file.content.size();
  }
  CHECK(bytes < 200'000);
  REQUIRE(FindWebFile("/") != nullptr);
  CHECK(FindWebFile("/")->type == "text/html; charset=utf-8");
  CHECK(FindWebFile("/app.js")->type == "text/javascript; charset=utf-8");
  CHECK(FindWebFile("/../secret") == nullptr);
}

TEST_CASE("no page of ours asks for anything elsewhere, or makes markup of text") {
  for (const WebFile& file : WebFiles()) {
    INFO(file.path);
    for (const char* word :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=\"", "onclick=\""}) {
      CHECK(file.content.find(word) == std::string_view::npos);
    }
    if (file.path != "/icon.svg") CHECK(file.content.find("http://") == std::string_view::npos);
    CHECK(file.content.find("https://") == std::string_view::npos);
  }
}

}  // namespace
}  // namespace postern::console
