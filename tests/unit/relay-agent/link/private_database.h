// A database server of the test's own, in a temporary folder, stopped at the end. MariaDB, or what POSTERN_TEST_DATABASE
// names (mariadb, mysql).
#ifndef POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_PRIVATE_DATABASE_H_
#define POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_PRIVATE_DATABASE_H_

#include <cstdint>
#include <map>
#include <string>

namespace postern::relay {

class PrivateDatabase {
 public:
  PrivateDatabase();
  ~PrivateDatabase();

  uint16_t port() const;
  const std::string& dir() const { return dir_; }
  std::string ca() const { return about_.at("ca"); }
  bool is_mariadb() const { return about_.at("vendor") == "mariadb"; }

  // As its root. Returns what the client prints, without the last newline.
  std::string Run(const std::string& sql) const;
  // A certificate of the database's authority: DIR/tls/NAME.pem and .key.
  void MakeCertificate(const std::string& name, const std::string& alternative) const;
  std::string TlsFile(const std::string& file) const { return dir_ + "/tls/" + file; }

 private:
  std::string dir_;
  std::map<std::string, std::string> about_;
};

// What a shell command prints; fails the test if it fails.
std::string Shell(const std::string& command);

}  // namespace postern::relay

#endif  // POSTERN_TESTS_UNIT_RELAY_AGENT_LINK_PRIVATE_DATABASE_H_
