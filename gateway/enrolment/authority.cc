#include "gateway/enrolment/authority.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "common/files/replace_file.h"
#include "common/tls/errors.h"

namespace postern::enrolment {
namespace {

constexpr absl::Duration kOwnLife = absl::Hours(24 * 365 * 20);
constexpr absl::Duration kClocksDiffer = absl::Minutes(5);
constexpr size_t kSerialBytes = 16;
constexpr size_t kDomainBytes = 8;
constexpr int kX509Version3 = 2;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

int NoPassphrase(char*, int, int, void*) { return -1; }

absl::Status Failed(std::string_view what) {
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL could not make ", std::string(what)));
}

// Wiped when dropped, because it may hold a key.
class Text {
 public:
  explicit Text(const Bio& bio) {
    char* data = nullptr;
    const long bytes = BIO_get_mem_data(bio.get(), &data);
    if (bytes > 0) text_.assign(data, static_cast<size_t>(bytes));
  }
  ~Text() { OPENSSL_cleanse(text_.data(), text_.size()); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  const std::string& view() const { return text_; }

 private:
  std::string text_;
};

std::string ToPem(X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(out.get(), certificate) != 1) return "";
  return Text(out).view();
}

bool SetSerial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3F) | 0x40);  // positive, and never shorter
  BIGNUM* number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
  const bool set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool SetTimes(X509* certificate, absl::Time from, absl::Time until) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(until)) != nullptr;
}

bool SetName(X509_NAME* name, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

}  // namespace

Authority::Authority(Key key, Certificate certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)), certificate_pem_(ToPem(certificate_.get())) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  X509_digest(certificate_.get(), EVP_sha256(), digest.data(), &bytes);
  const std::string_view start(reinterpret_cast<const char*>(digest.data()), kDomainBytes);
  trust_domain_ = absl::StrCat("postern-", absl::BytesToHexString({start.data(), start.size()}));
}

absl::StatusOr<std::unique_ptr<Authority>> Authority::Open(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) {
    if (absl::Status made = Make(file); !made.ok()) return made;
  }
  return Read(file);
}

absl::StatusOr<std::unique_ptr<Authority>> Authority::Read(const std::filesystem::path& file) {
  ERR_clear_error();
  const Bio in(BIO_new_file(file.c_str(), "r"));
  if (in == nullptr) return tls::FileError("relay authority", file.string());
  Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, NoPassphrase, nullptr));
  Certificate certificate(PEM_read_bio_X509(in.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr || certificate == nullptr || X509_check_private_key(certificate.get(), key.get()) != 1) {
    return tls::FileError("relay authority", file.string());
  }
  return std::unique_ptr<Authority>(new Authority(std::move(key), std::move(certificate)));
}

absl::Status Authority::Make(const std::filesystem::path& file) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate own(X509_new());
  const absl::Time now = absl::Now();
  const bool made = key != nullptr && own != nullptr && X509_set_version(own.get(), kX509Version3) == 1 &&
                    SetSerial(own.get()) && SetTimes(own.get(), now - kClocksDiffer, now + kOwnLife) &&
                    SetName(X509_get_subject_name(own.get()), "Postern relays") &&
                    X509_set_issuer_name(own.get(), X509_get_subject_name(own.get())) == 1 &&
                    X509_set_pubkey(own.get(), key.get()) == 1 &&
                    AddExtension(own.get(), own.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    AddExtension(own.get(), own.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    AddExtension(own.get(), own.get(), NID_subject_key_identifier, "hash") &&
                    X509_sign(own.get(), key.get(), EVP_sha256()) > 0;
  if (!made) return Failed("the authority for relays");
  const Bio out(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(out.get(), own.get()) != 1) {
    return Failed("the authority for relays");
  }
  auto replacement = files::Replacement::Prepare(file, Text(out).view());
  return replacement.ok() ? replacement->Commit() : replacement.status();
}

bool Authority::Signed(X509* certificate) const {
  const bool signed_here = X509_verify(certificate, key_.get()) == 1;
  ERR_clear_error();
  return signed_here;
}

absl::StatusOr<std::string> Authority::Sign(const Key& key, const Subject& subject, absl::Time now,
                                            absl::Duration ttl) const {
  const Certificate signed_one(X509_new());
  X509* one = signed_one.get();
  const bool made = one != nullptr && X509_set_version(one, kX509Version3) == 1 && SetSerial(one) &&
                    SetTimes(one, now - std::min(kClocksDiffer, ttl / 10), now + ttl) &&
                    SetName(X509_get_subject_name(one), subject.common_name) &&
                    X509_set_issuer_name(one, X509_get_subject_name(certificate_.get())) == 1 &&
                    X509_set_pubkey(one, key.get()) == 1 &&
                    AddExtension(one, certificate_.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    AddExtension(one, certificate_.get(), NID_key_usage, "critical,digitalSignature") &&
                    AddExtension(one, certificate_.get(), NID_ext_key_usage, "clientAuth") &&
                    AddExtension(one, certificate_.get(), NID_subject_alt_name, "URI:" + subject.uri) &&
                    AddExtension(one, certificate_.get(), NID_authority_key_identifier, "keyid:always") &&
                    X509_sign(one, key_.get(), EVP_sha256()) > 0;
  if (!made) return Failed("a relay's certificate");
  return ToPem(one);
}

}  // namespace postern::enrolment
