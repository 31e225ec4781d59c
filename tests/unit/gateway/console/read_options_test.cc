#include "gateway/console/read_options.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::console {
namespace {

// What is wrong with the section; empty if nothing is.
std::string ProblemsOf(const std::string& yaml, std::optional<Options>* read = nullptr) {
  config::Document document = config::Document::FromText(yaml, "/tmp/g.yaml");
  {
    config::Section root = document.root();
    auto options = ReadOptions(root.Optional("console"));
    if (read != nullptr) *read = options;
  }
  return config::ToString(document.TakeProblems());
}

TEST_CASE("without the section there is no console") {
  std::optional<Options> options;
  CHECK(ProblemsOf("{}\n", &options).empty());
  CHECK_FALSE(options);
}

TEST_CASE("on loopback an address is enough") {
  std::optional<Options> options;
  CHECK(ProblemsOf("console: { listen: \"127.0.0.1:8080\", idle: 10m }\n", &options).empty());
  REQUIRE(options);
  CHECK(options->plain());
  CHECK(options->idle == absl::Minutes(10));
  CHECK(options->longest == absl::Hours(12));
}

TEST_CASE("what would let others read along is refused") {
  CHECK(
      ProblemsOf("console: { listen: \"0.0.0.0:8080\", url: \"https://c.example.com\" }\n").find("needs console.tls") !=
      std::string::npos);
  CHECK(ProblemsOf("console: { listen: \"0.0.0.0:8080\", tls: { certificate: /etc/hostname, key: /etc/hostname } }\n")
            .find("console.url is missing") != std::string::npos);
  CHECK(ProblemsOf("console: { listen: \"127.0.0.1:8080\", url: \"http://c.example.com\" }\n")
            .find("expected https://") != std::string::npos);
  CHECK(ProblemsOf("console: { listen: \"127.0.0.1:8080\", url: \"https://c.example.com\" }\n").empty());
}

}  // namespace
}  // namespace postern::console
