// Which folder may know which: the edges that the architecture forbids, looked for in the #include lines themselves and in
// what they lead to.
#include <catch2/catch.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postern {
namespace {

using Includes = std::vector<std::string>;

// The names in the #include lines of one file, quoted or in angle brackets.
Includes IncludesOf(const std::filesystem::path& file) {
  Includes names;
  std::ifstream in(file);
  constexpr std::string_view kDirective = "#include ";
  for (std::string line; std::getline(in, line);) {
    if (line.compare(0, kDirective.size(), kDirective) != 0 || line.size() < kDirective.size() + 2) continue;
    const size_t end = line.find_first_of("\">", kDirective.size() + 1);
    names.push_back(line.substr(kDirective.size() + 1, end - kDirective.size() - 1));
  }
  return names;
}

// The tree's own sources, by path from its root.
const std::map<std::string, Includes>& Tree() {
  static const std::map<std::string, Includes> tree = [] {
    std::map<std::string, Includes> files;
    const std::filesystem::path root = POSTERN_SOURCE_DIR;
    for (const char* folder : {"common", "gateway", "relay-agent"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
        const auto extension = entry.path().extension();
        if (extension == ".h" || extension == ".cc") {
          files[entry.path().lexically_relative(root).string()] = IncludesOf(entry.path());
        }
      }
    }
    return files;
  }();
  return tree;
}

bool IsUnder(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return name.compare(0, prefix.size(), prefix) == 0; });
}

// "a.cc -> b.h -> asio/post.hpp" for each way from the folder to something it must not know.
std::vector<std::string> Trespasses(const std::string& folder, const std::vector<std::string>& forbidden) {
  std::vector<std::string> found;
  std::set<std::string> seen;
  std::vector<std::pair<std::string, std::string>> ahead;  // file, and the way to it
  size_t files = 0;
  for (const auto& [file, includes] : Tree()) {
    if (!IsUnder(file, {folder})) continue;
    ahead.emplace_back(file, file);
    ++files;
  }
  CHECK(files > 0);
  while (!ahead.empty()) {
    const auto [file, way] = std::move(ahead.back());
    ahead.pop_back();
    if (!seen.insert(file).second) continue;
    const auto source = Tree().find(file);
    if (source == Tree().end()) continue;
    for (const std::string& name : source->second) {
      if (IsUnder(name, forbidden)) found.push_back(way + " -> " + name);
      ahead.emplace_back(name, way + " -> " + name);
    }
  }
  return found;
}

TEST_CASE("no folder knows what it must not know") {
  struct Row {
    std::string folder;
    std::vector<std::string> forbidden;
  };
  const std::vector<std::string> outside = {"asio", "grpc", "google/protobuf", "proto/", "sqlite3", "mysql.h",
                                            "gateway/store/", "gateway/recording/", "gateway/frontend/"};
  std::vector<Row> rows = {{"common/", {"gateway/", "relay-agent/"}},
                           {"common/sql/", outside},
                           {"gateway/policy/", outside},
                           {"gateway/masking/", outside},
                           {"gateway/masking/", {"common/sql/", "common/config/"}},
                           {"gateway/catalog/", {"grpc", "sqlite3", "gateway/store/", "gateway/recording/", "gateway/frontend/"}},
                           {"gateway/identity/jose/", outside},
                           {"gateway/identity/jose/", {"common/", "curl"}},
                           {"common/mysql/", {"asio", "grpc", "google/protobuf", "proto/"}},
                           {"relay-agent/", {"gateway/", "common/sql/"}},
                           {"gateway/", {"relay-agent/"}}};
  for (const Row& row : rows) {
    INFO(row.folder);
    CHECK(Trespasses(row.folder, row.forbidden) == std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace postern
