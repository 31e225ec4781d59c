#include "common/config/document.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace postern::config {
namespace {

// What a text has wrong when a model that knows `name`, `port`, `wait`, `size`, `mode`, `on`, `tags`, `tls.key` reads
// it.
Problems Check(std::string_view text) {
  Document document = Document::FromText(text, "f.yaml");
  {
    Section root = document.root();
    root.String("name", "x");
    root.Int("port", 1, {1, 65535});
    root.Duration("wait", absl::Seconds(1), {absl::Seconds(1), absl::Minutes(1)});
    root.Bytes("size", 1, {1, 1024});
    root.Word("mode", 0, {{"slow", 0}, {"fast", 1}});
    root.Bool("on", false);
    root.Strings("tags", {});
    Section tls = root.Optional("tls");
    tls.String("key");
  }
  return document.TakeProblems();
}

TEST_CASE("a good file has no problems and gives its values") {
  Document document = Document::FromText(
      "name: a\nport: 33\nwait: 1h30m\nsize: 4KiB\nmode: fast\non: true\ntags: [x, \"y z\"]\n"
      "at: \"[::1]:80\"\nservers: { one: { port: 1 }, two: { port: 2 } }\nlist:\n  - { port: 7 }\n",
      "f.yaml");
  {
    Section root = document.root();
    CHECK(root.String("name") == "a");
    CHECK(root.Int("port", 0, {1, 99}) == 33);
    CHECK(root.Duration("wait", {}) == absl::Minutes(90));
    CHECK(root.Bytes("size", 0) == 4096);
    CHECK(root.Word("mode", 0, {{"slow", 0}, {"fast", 1}}) == 1);
    CHECK(root.Bool("on", false));
    CHECK(root.Strings("tags") == std::vector<std::string>{"x", "y z"});
    CHECK(root.Texts("tags") == std::vector<std::string>{"x", "y z"});
    CHECK(root.Texts("name") == std::vector<std::string>{"a"});
    CHECK(root.Address("at") == HostPort{"::1", 80});
    std::string seen;
    root.EachNamed("servers", [&](const std::string& name, Section& server) {
      seen += name + std::to_string(server.Int("port", 0, {1, 9}));
    });
    root.EachItem("list", [&](Section& item) { seen += std::to_string(item.RequiredInt("port", {1, 9})); });
    CHECK(seen == "one1two27");
    CHECK(root.String("absent", "fallback") == "fallback");
  }
  CHECK(ToString(document.TakeProblems()) == "");
}

TEST_CASE("each kind of mistake is told with its place") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"nmae: a", "f.yaml:1:1: nmae: unknown key"},
      {"name: a\nport: x", "f.yaml:2:7: port: expected a whole number"},
      {"port: \"3\"", "f.yaml:1:7: port: expected a whole number"},
      {"port: 0", "f.yaml:1:7: port: must be from 1 to 65535"},
      {"port: [1]", "f.yaml:1:7: port: expected a whole number"},
      {"wait: 10", "f.yaml:1:7: wait: expected a duration such as 10m, 1h30m or 250ms"},
      {"wait: 2h", "f.yaml:1:7: wait: must be from 1s to 1m"},
      {"size: 2KiB", "f.yaml:1:7: size: must be from 1 to 1KiB"},
      {"mode: medium", "f.yaml:1:7: mode: expected one of slow, fast"},
      {"on: yes", "f.yaml:1:5: on: expected true or false"},
      {"tags: x", "f.yaml:1:7: tags: expected a list of texts"},
      {"tags: [a, [b]]", "f.yaml:1:11: tags[1]: expected a text"},
      {"tls: {}", "f.yaml:1:6: tls.key: is missing"},
      {"tls: x", "f.yaml:1:6: tls: expected keys and values"},
      {"tls: { key: k, kye: k }", "f.yaml:1:16: tls.kye: unknown key"},
      {"name:", "f.yaml:1:1: name: expected a text"},
      {"name: ''", "f.yaml:1:7: name: is empty"},
      {"name: a\nname: b", "f.yaml:2:1: key \"name\" stands here twice"},
      {"name: &x a", "f.yaml:1:7: anchors are not allowed here: write the value out"},
      {"name: !!str a", "f.yaml:1:7: tags are not allowed here"},
      {"<<: { name: a }", "f.yaml:1:1: merge keys are not allowed here"},
      {"? [a]\n: b", "f.yaml:1:3: a key must be a word"},
      {"- a", "f.yaml:1:1: expected keys and values"},
      {"", "f.yaml: the file is empty"},
      {"# nothing\n", "f.yaml: the file is empty"},
      {"name: a\n---\nname: b", "f.yaml: more than one document in the file"},
      {"name: a\n\x04port: 0", "f.yaml:2: a byte that is not UTF-8 text"},
      {"name: \xff", "f.yaml:1: a byte that is not UTF-8 text"},
  }));
  CAPTURE(text);
  CHECK(ToString(Check(text)) == expected);
}

TEST_CASE("what is no YAML says where") {
  const Problems problems = Check("name: [a\nport: 1\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].line >= 1);
  CHECK(problems[0].message.starts_with("not YAML: "));
}

TEST_CASE("every problem is reported, in the order of the file") {
  CHECK(ToString(Check("tls: {}\nport: x\nnmae: b\n")) ==
        "f.yaml:1:6: tls.key: is missing\nf.yaml:2:7: port: expected a whole number\nf.yaml:3:1: nmae: unknown key");
}

TEST_CASE("depth and size are bounded") {
  const std::string deep = "name: " + std::string(100, '[') + std::string(100, ']');
  CHECK(ToString(Check(deep)).find("nested too deeply") != std::string::npos);
  const std::string huge(100'000, '[');
  CHECK(Check(huge).size() == 1);
  Document large = Document::FromText("name: " + std::string(2000, 'x'), "f.yaml", {.max_bytes = 1000, .max_depth = 8});
  CHECK(ToString(large.TakeProblems()) == "f.yaml: larger than 1000 bytes");
}

TEST_CASE("files are looked for beside the configuration file") {
  char folder[] = "/tmp/postern-config-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  const std::string base = folder;
  std::ofstream(base + "/there.pem") << "x";
  std::ofstream(base + "/f.yaml") << "a: there.pem\nb: missing.pem\nc: .\nd: missing.pem\n";
  Document document = Document::FromFile(base + "/f.yaml");
  {
    Section root = document.root();
    CHECK(root.File("a") == base + "/there.pem");
    root.File("b");
    root.File("c");
    CHECK(root.Path("d") == base + "/missing.pem");
    CHECK(root.OptionalFile("e") == std::nullopt);
  }
  const Problems problems = document.TakeProblems();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].message == "no such file: " + base + "/missing.pem");
  CHECK(problems[1].message.starts_with("is a folder: "));
  std::filesystem::remove_all(base);
}

TEST_CASE("a file that is not there is a problem, not a crash") {
  Document document = Document::FromFile("/nonexistent/f.yaml");
  {
    Section root = document.root();
    CHECK_FALSE(root.present());
    CHECK(root.String("name") == "");
  }
  CHECK(ToString(document.TakeProblems()) == "/nonexistent/f.yaml: cannot be read: No such file or directory");
}

TEST_CASE("a value is kept only when nothing is wrong") {
  CHECK(Loaded<int>::From(1, {}).ok());
  const Loaded<int> bad = Loaded<int>::From(1, {{"f", 1, 2, "k", "m"}});
  CHECK_FALSE(bad.ok());
  CHECK(bad.status().message() == "f:1:2: k: m");
}

}  // namespace
}  // namespace postern::config
