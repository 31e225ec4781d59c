#include "common/tls/pem_files.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "common/tls/errors.h"
#include "common/tls/identity_files.h"

namespace postern::tls {
namespace {

// Far more than any bundle of authorities.
constexpr std::streamoff kMaxPemBytes = 4 << 20;

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

absl::StatusOr<std::string> ReadPem(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return absl::FailedPreconditionError(file + ": " + std::strerror(errno));
  const std::streamoff size = in.tellg();
  if (size < 0 || size > kMaxPemBytes) return absl::FailedPreconditionError(file + ": not a PEM file");
  std::string text(static_cast<size_t>(size), '\0');
  in.seekg(0);
  if (!in.read(text.data(), size)) return absl::FailedPreconditionError(file + ": cannot be read");
  return text;
}

// Nobody is at a terminal to type a pass phrase; without this OpenSSL would ask there.
int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace

PemTexts::~PemTexts() { OPENSSL_cleanse(key.data(), key.size()); }

absl::Status UseIdentity(SSL_CTX* context, const PemFiles& files) {
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(context, NoPassphrase);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return FileError("certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) return FileError("key", files.key);
  if (SSL_CTX_check_private_key(context) != 1) return FileError("key", files.key);
  return absl::OkStatus();
}

absl::Status TrustAuthorities(SSL_CTX* context, const std::string& ca_file) {
  ERR_clear_error();
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) return FileError("certificate authorities", ca_file);
  return absl::OkStatus();
}

absl::StatusOr<PemTexts> ReadPemFiles(const PemFiles& files) {
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_method()));
  if (!files.certificate.empty()) {
    if (absl::Status used = UseIdentity(context.get(), files); !used.ok()) return used;
  }
  if (!files.ca.empty()) {
    if (absl::Status trusted = TrustAuthorities(context.get(), files.ca); !trusted.ok()) return trusted;
  }
  PemTexts texts;
  for (auto [file, text] : {std::pair{&files.certificate, &texts.certificate}, std::pair{&files.key, &texts.key},
                            std::pair{&files.ca, &texts.ca}}) {
    absl::StatusOr<std::string> read = ReadPem(*file);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  return texts;
}

std::optional<std::string> KeyFileWarning(const std::string& key_file) {
  struct stat about{};
  if (stat(key_file.c_str(), &about) != 0) return std::nullopt;
  if ((about.st_mode & (S_IROTH | S_IWOTH)) != 0) return "every user of this machine can read or change " + key_file;
  if ((about.st_mode & S_IWGRP) != 0) return "the group can change " + key_file;
  return std::nullopt;
}

}  // namespace postern::tls
