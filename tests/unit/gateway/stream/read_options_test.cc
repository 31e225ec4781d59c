#include "gateway/stream/read_options.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "tests/unit/gateway/temp_folder.h"

namespace postern::stream {
namespace {

// What is wrong with the section; empty if nothing is.
std::string ProblemsOf(const std::string& section, std::optional<Options>* read = nullptr) {
  TempFolder temp;
  std::ofstream(temp.path() / "key") << "s3cret";
  ::chmod((temp.path() / "key").c_str(), 0600);
  config::Document document = config::Document::FromText("stream: " + section, (temp.path() / "g.yaml").string());
  {
    config::Section root = document.root();
    auto options = ReadOptions(root.Optional("stream"));
    if (read != nullptr) *read = options;
  }
  return config::ToString(document.TakeProblems());
}

TEST_CASE("a stream goes one way") {
  std::optional<Options> options;
  CHECK(ProblemsOf("{ file: siem.jsonl }", &options) == "");
  CHECK(std::get<ToFile>(*options).path.ends_with("/siem.jsonl"));
  CHECK(ProblemsOf("{ stdout: true }", &options) == "");
  CHECK(std::holds_alternative<ToStandardOutput>(*options));
  CHECK(ProblemsOf("{ syslog: { to: \"tcp://siem.example:601\", facility: local3 } }", &options) == "");
  CHECK(std::get<ToSyslog>(*options).transport == ToSyslog::Transport::kTcp);
  CHECK(std::get<ToSyslog>(*options).address == "siem.example");
  CHECK(std::get<ToSyslog>(*options).port == 601);
  CHECK(std::get<ToSyslog>(*options).facility == 19);
  CHECK(ProblemsOf("{ syslog: { to: \"unix:/dev/log\" } }", &options) == "");
  CHECK(std::get<ToSyslog>(*options).address == "/dev/log");
  CHECK(ProblemsOf("{ webhook: { url: \"https://siem.example/in\", secret_file: key } }", &options) == "");
  CHECK(std::get<ToWebhook>(*options).endpoint.url == "https://siem.example/in");
}

TEST_CASE("no way, two ways and ways that lead nowhere are refused") {
  const auto complains = [](const std::string& section, const std::string& of) { return ProblemsOf(section).find(of) != std::string::npos; };
  CHECK(complains("{}", "needs one of"));
  CHECK(complains("{ file: a, stdout: true }", "needs one of"));
  CHECK(complains("{ stdout: false }", "expected true"));
  CHECK(complains("{ syslog: {} }", "is missing"));
  CHECK(complains("{ syslog: { to: \"siem.example:514\" } }", "expected unix:/dev/log"));
  CHECK(complains("{ syslog: { to: \"udp://siem.example\" } }", "expected unix:/dev/log"));
  CHECK(complains("{ webhook: { url: \"http://siem.example/in\", secret_file: key } }", "expected an https URL"));
  CHECK(complains("{ webhook: { url: \"https://siem.example/in\" } }", "secret_file is missing"));
}

}  // namespace
}  // namespace postern::stream
