#include "gateway/notify/secret_file.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace postern::notify {
namespace {

constexpr size_t kMaxBytes = 4096;

absl::Status Unfit(const std::string& file, std::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", absl::string_view(why.data(), why.size())));
}

std::string_view WithoutNewline(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

absl::StatusOr<mysql::Secret> Read(int fd, const std::string& file) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return Unfit(file, std::strerror(errno));
  if ((facts.st_mode & 077) != 0) return Unfit(file, "others than its owner may read it; make its mode 0600");
  // Not through a stream: its buffer would keep the secret.
  std::array<char, kMaxBytes + 1> buffer;
  size_t size = 0;
  ssize_t got = 0;
  while (size < buffer.size() && (got = ::read(fd, buffer.data() + size, buffer.size() - size)) > 0) {
    size += static_cast<size_t>(got);
  }
  mysql::Secret secret(WithoutNewline({buffer.data(), size}));
  OPENSSL_cleanse(buffer.data(), size);
  if (got < 0) return Unfit(file, "cannot be read");
  if (size > kMaxBytes) return Unfit(file, "is too long for a secret");
  if (secret.empty()) return Unfit(file, "is empty");
  return secret;
}

}  // namespace

absl::StatusOr<mysql::Secret> ReadSecretFile(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Unfit(file, std::strerror(errno));
  absl::StatusOr<mysql::Secret> secret = Read(fd, file);
  ::close(fd);
  return secret;
}

}  // namespace postern::notify
