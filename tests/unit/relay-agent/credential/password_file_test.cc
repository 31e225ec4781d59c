#include "relay-agent/credential/password_file.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

namespace postern::relay {
namespace {

class File {
 public:
  explicit File(const std::string& text) {
    const int fd = mkstemp(path_);
    REQUIRE(fd >= 0);
    std::ofstream(path_) << text;
  }
  ~File() { std::remove(path_); }
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/postern-password.XXXXXX";
};

std::string Password(const std::string& text) {
  const File file(text);
  auto password = ReadPasswordFile(file.path());
  REQUIRE(password.ok());
  return std::string(password->Reveal());
}

TEST_CASE("one newline at the end is not part of the password") {
  CHECK(Password("secret") == "secret");
  CHECK(Password("secret\n") == "secret");
  CHECK(Password("secret\r\n") == "secret");
  CHECK(Password("secret\n\n") == "secret\n");
  CHECK(Password(" se cret ") == " se cret ");
  CHECK(Password("") == "");
}

TEST_CASE("a file that cannot be read is named, and one that is too long is refused") {
  auto missing = ReadPasswordFile("/nowhere/password");
  REQUIRE_FALSE(missing.ok());
  CHECK(std::string(missing.status().message()).find("/nowhere/password") != std::string::npos);
  const File file(std::string(20'000, 'x'));
  auto long_one = ReadPasswordFile(file.path());
  REQUIRE_FALSE(long_one.ok());
  CHECK(std::string(long_one.status().message()).find("xxx") == std::string::npos);
  CHECK_FALSE(ReadPasswordFile("/tmp").ok());
}

}  // namespace
}  // namespace postern::relay
