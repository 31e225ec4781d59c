// Authorities, certificates and revocation lists for tests, made in a folder by the openssl program.
#ifndef POSTERN_TESTS_SUPPORT_PKI_H_
#define POSTERN_TESTS_SUPPORT_PKI_H_

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "common/tls/peer_certificate.h"

namespace postern::tls {

class TestPki {
 public:
  TestPki() {
    char name[] = "/tmp/postern-pki-test.XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    dir_ = name;
    Authority("ca");
    Authority("other");
  }
  ~TestPki() { std::filesystem::remove_all(dir_); }
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  std::string File(const std::string& name) const { return dir_ + "/" + name; }

  // A file NAME.pem, and NAME.key; with NAME.cnf, an authority that can revoke.
  void Authority(const std::string& name) {
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=" + name +
        "' -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -keyout " + name + ".key -out " + name + ".pem");
    std::ofstream(File(name + ".cnf")) << "[ca]\ndefault_ca=d\n[d]\ndatabase=" << name << ".index\ndefault_md=sha256\ndefault_crl_days=30\n";
    std::ofstream(File(name + ".index")) << "";
  }

  // NAME.pem of the authority `by`; `extensions` are lines of an extension file, `life` an option of openssl x509.
  void Certificate(const std::string& name, const std::string& extensions, const std::string& by = "ca", const std::string& life = "-days 30") {
    std::ofstream(File(name + ".ext")) << "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n" << extensions;
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=" + name + "' -keyout " + name + ".key -out " + name +
        ".csr && openssl x509 -req -in " + name + ".csr -CA " + by + ".pem -CAkey " + by + ".key -CAcreateserial " + life + " -extfile " + name +
        ".ext -out " + name + ".pem");
  }
  void Client(const std::string& name, const std::string& by = "ca") { Certificate(name, "extendedKeyUsage=clientAuth\n", by); }
  void Agent(const std::string& name, const std::string& spiffe) {
    Certificate(name, "extendedKeyUsage=clientAuth\nsubjectAltName=URI:" + spiffe + "\n");
  }

  void Revoke(const std::string& name, const std::string& by = "ca") {
    Run("openssl ca -config " + by + ".cnf -cert " + by + ".pem -keyfile " + by + ".key -revoke " + name + ".pem");
  }
  // FILE with the authority's list; `end` is an option such as "-crl_nextupdate 20200101000000Z -crl_lastupdate 20190101000000Z".
  void List(const std::string& file, const std::string& by = "ca", const std::string& end = "") {
    Run("openssl ca -config " + by + ".cnf -cert " + by + ".pem -keyfile " + by + ".key -gencrl " + end + " -out " + file);
  }

  std::string Read(const std::string& file) const {
    std::ifstream in(File(file));
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  std::shared_ptr<const PeerCertificate> Show(const std::string& name) const {
    auto shown = PeerCertificate::FromPem(Read(name + ".pem"), "");
    REQUIRE(shown.ok());
    return *shown;
  }

 private:
  void Run(const std::string& command) {
    const std::string whole = "cd '" + dir_ + "' && (" + command + ") > log 2>&1 || (cat '" + dir_ + "/log'; false)";
    REQUIRE(std::system(whole.c_str()) == 0);
  }

  std::string dir_;
};

}  // namespace postern::tls

#endif  // POSTERN_TESTS_SUPPORT_PKI_H_
