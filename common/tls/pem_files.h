// PEM files on disk: what they hold, and who else can read them. Used at start, at reload and at every dial.
#ifndef POSTERN_COMMON_TLS_PEM_FILES_H_
#define POSTERN_COMMON_TLS_PEM_FILES_H_

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>

namespace postern::tls {

// Where an identity and the authorities it trusts are. An empty name means there is none.
struct PemFiles {
  std::string certificate;  // chain, leaf first
  std::string key;
  std::string ca;
};

// The same, read. Wiped when dropped, because one of them is a private key.
struct PemTexts {
  PemTexts() = default;
  PemTexts(PemTexts&&) = default;
  PemTexts& operator=(PemTexts&&) = default;
  ~PemTexts();

  std::string certificate;
  std::string key;
  std::string ca;
};

// For libraries that want the texts (gRPC). Checks that certificate and key parse and belong together, and that every
// file named is there; the error names the file and the reason, never its contents.
absl::StatusOr<PemTexts> ReadPemFiles(const PemFiles& files);

// A sentence for the log if others than the owner may read the key.
std::optional<std::string> KeyFileWarning(const std::string& key_file);

}  // namespace postern::tls

#endif  // POSTERN_COMMON_TLS_PEM_FILES_H_
