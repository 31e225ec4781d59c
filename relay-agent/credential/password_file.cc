#include "relay-agent/credential/password_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace postern::relay {
namespace {

// Longer than any password; an IAM token is a few thousand bytes.
constexpr size_t kMaxPasswordBytes = 16 * 1024;

std::string_view WithoutNewline(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace

absl::StatusOr<mysql::Secret> ReadPasswordFile(const std::string& file) {
  if (file.empty()) return mysql::Secret();
  // Not through a stream: its buffer would keep the password.
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::FailedPreconditionError("password file " + file + ": " + std::strerror(errno));
  std::array<char, kMaxPasswordBytes + 1> buffer;
  size_t size = 0;
  ssize_t got = 0;
  while (size < buffer.size() && (got = read(fd, buffer.data() + size, buffer.size() - size)) > 0) {
    size += static_cast<size_t>(got);
  }
  close(fd);
  absl::StatusOr<mysql::Secret> password(absl::FailedPreconditionError("password file " + file + ": cannot be read"));
  if (size > kMaxPasswordBytes) {
    password = absl::FailedPreconditionError("password file " + file + ": too long for a password");
  } else if (got == 0) {
    password = mysql::Secret(WithoutNewline({buffer.data(), size}));
  }
  OPENSSL_cleanse(buffer.data(), size);
  return password;
}

absl::StatusOr<Credential> PasswordFile::Fetch(absl::Time) {
  absl::StatusOr<mysql::Secret> password = ReadPasswordFile(file_);
  if (!password.ok()) return password.status();
  return Credential{user_, *std::move(password), std::nullopt};
}

}  // namespace postern::relay
