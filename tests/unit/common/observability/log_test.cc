#include "common/observability/log.h"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace postern::log {
namespace {

constexpr std::string_view kTime = "2026-01-02T03:04:05.678Z";

TEST_CASE("a text line names its fields and quotes what needs it") {
  CHECK(FormatLine(Format::kText, kTime, Level::kInfo, "listening",
                   {{"address", "0.0.0.0:3306"}, {"tls", true}, {"limit", 2000}, {"why", "a b"}}) ==
        "2026-01-02T03:04:05.678Z info listening address=0.0.0.0:3306 tls=true limit=2000 why=\"a b\"");
}

TEST_CASE("a JSON line is one JSON object whatever the bytes") {
  const std::string line =
      FormatLine(Format::kJson, kTime, Level::kError, "x", {{"peer", "a\"b\\\n\x01\xff"}, {"n", -5}});
  const auto json = nlohmann::json::parse(line);
  CHECK(json["level"] == "error");
  CHECK(json["n"] == -5);
  CHECK(json["peer"].get<std::string>() == "a\"b\\\n\x01\u00ff");
}

TEST_CASE("a peer cannot start a line of its own") {
  const std::string line =
      FormatLine(Format::kText, kTime, Level::kInfo, "login refused", {{"user", "x\n2026 info forged"}});
  CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("an access token that strays into a line is blanked") {
  for (const Format format : {Format::kText, Format::kJson}) {
    const std::string line =
        FormatLine(format, kTime, Level::kInfo, "m pat_abc", {{"a", "(pat_Se-cr_et9)"}, {"b", "pat_pat_x"}});
    CHECK(line.find("abc") == std::string::npos);
    CHECK(line.find("et9") == std::string::npos);
    CHECK(line.find("pat_x") == std::string::npos);
    CHECK(line.find("pat_[hidden]") != std::string::npos);
  }
}

TEST_CASE("SetUp writes to a file from the level on, and opens a rotated file again") {
  const std::string file = std::filesystem::temp_directory_path() / ("postern-log-" + std::to_string(getpid()));
  const Options options{.file = file, .format = Format::kText, .level = Level::kInfo};
  REQUIRE(SetUp(options).ok());
  Debug("not this");
  Warning("this", {{"k", 1}});
  std::filesystem::rename(file, file + ".1");
  REQUIRE(SetUp(options).ok());
  Info("and that");
  std::stringstream old_text, new_text;
  old_text << std::ifstream(file + ".1").rdbuf();
  new_text << std::ifstream(file).rdbuf();
  CHECK(old_text.str().find("warning this k=1\n") != std::string::npos);
  CHECK(old_text.str().find("not this") == std::string::npos);
  CHECK(new_text.str().find("info and that\n") != std::string::npos);
  std::filesystem::remove(file);
  std::filesystem::remove(file + ".1");
  CHECK_FALSE(SetUp({.file = "/dev/null/log"}).ok());
}

}  // namespace
}  // namespace postern::log
