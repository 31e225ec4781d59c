#include "tests/unit/relay-agent/link/private_database.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace postern::relay {

std::string Shell(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  while (size_t size = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
  INFO(command << "\n" << output);
  REQUIRE(pclose(pipe) == 0);
  return output;
}

PrivateDatabase::PrivateDatabase() {
  char name[] = "/tmp/postern-relay-test.XXXXXX";
  REQUIRE(mkdtemp(name) != nullptr);
  dir_ = name;
  const char* vendor = std::getenv("POSTERN_TEST_DATABASE");
  std::istringstream lines(Shell(std::string(POSTERN_SOURCE_DIR "/deploy/database/start.sh ") +
                                 (vendor == nullptr ? "mariadb" : vendor) + " --tls --dir " + dir_));
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find('=');
    if (equals != std::string::npos) about_[line.substr(0, equals)] = line.substr(equals + 1);
  }
}

PrivateDatabase::~PrivateDatabase() {
  // After the last test nothing can be required any more.
  if (std::system((POSTERN_SOURCE_DIR "/deploy/database/stop.sh --dir " + dir_ + " >/dev/null").c_str()) != 0) return;
  std::filesystem::remove_all(dir_);
}

uint16_t PrivateDatabase::port() const { return static_cast<uint16_t>(std::stoi(about_.at("port"))); }

std::string PrivateDatabase::Run(const std::string& sql) const {
  std::string output = Shell(about_.at("client") + " --no-defaults --socket=" + about_.at("socket") +
                             " --user=root --batch --skip-column-names --execute=\"" + sql + "\"");
  if (!output.empty()) output.pop_back();
  return output;
}

void PrivateDatabase::MakeCertificate(const std::string& name, const std::string& alternative) const {
  Shell("bash -c '. " POSTERN_SOURCE_DIR "/deploy/certificates.sh; Certificate " + dir_ + "/tls " + name + " " +
        alternative + "'");
}

}  // namespace postern::relay
