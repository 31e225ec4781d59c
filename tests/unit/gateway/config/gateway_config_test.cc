#include "gateway/config/gateway_config.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace postern::config {
namespace {

// A folder with the files that a configuration names.
class Folder {
 public:
  Folder() {
    char path[] = "/tmp/postern-gateway-config-XXXXXX";
    path_ = mkdtemp(path);
    for (const char* name : {"cert.pem", "key.pem", "ca.pem", "policy.yaml"}) std::ofstream(path_ + "/" + name) << "x";
  }
  ~Folder() { std::filesystem::remove_all(path_); }

  Loaded<GatewayConfig> Parse(const std::string& text) const { return ParseGatewayConfig(text, path_ + "/g.yaml"); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr char kMysql[] = "mysql: { listen: \"0.0.0.0:3306\", tls: { certificate: cert.pem, key: key.pem } }\n";
constexpr char kApi[] =
    "api: { listen: \"0.0.0.0:8443\", tls: { certificate: cert.pem, key: key.pem, client_ca: ca.pem } }\n";
constexpr char kRest[] = "data_dir: data\npolicy: policy.yaml\ntargets: { shop: { relays: [relay-1] } }\n";

TEST_CASE("a small file gives every option its safe value") {
  const Folder folder;
  const auto loaded = folder.Parse(std::string(kMysql) + kApi + kRest);
  REQUIRE(ToString(loaded.problems) == "");
  const GatewayConfig& config = *loaded.value;
  CHECK(config.mysql.listen == HostPort{"0.0.0.0", 3306});
  CHECK(config.mysql.tls->certificate == folder.path() + "/cert.pem");
  CHECK(config.mysql.server_version == "8.0.40-postern");
  CHECK_FALSE(config.mysql.insecure_loopback);
  CHECK(config.api.tls.client_ca == folder.path() + "/ca.pem");
  CHECK(config.data_dir == folder.path() + "/data");
  CHECK(config.sqlite_path == folder.path() + "/data/postern.db");
  CHECK(config.policy == folder.path() + "/policy.yaml");
  CHECK(config.targets.at("shop") == std::vector<std::string>{"relay-1"});
  CHECK(config.limits.sessions == 2000);
  CHECK(config.limits.packet_bytes == 64u << 20);
  CHECK(config.limits.login_timeout == absl::Seconds(10));
}

TEST_CASE("certificates of agents and people, and where metrics are read") {
  const Folder folder;
  const std::string mysql = "mysql: { listen: \"0.0.0.0:3306\", tls: { certificate: cert.pem, key: key.pem, client_ca: ca.pem, client_crl: ca.pem } }\n";
  const std::string api = "api: { listen: \"0.0.0.0:8443\", tls: { certificate: cert.pem, key: key.pem, people_ca: ca.pem } }\n";
  const auto loaded = folder.Parse(mysql + api + kRest +
                                   "identity: { certificates: [ { kind: agent, common_name: \"*\" } ] }\nmetrics: { listen: \"127.0.0.1:9090\" }\n");
  REQUIRE(ToString(loaded.problems) == "");
  CHECK(loaded.value->mysql.agents->ca == folder.path() + "/ca.pem");
  CHECK(loaded.value->mysql.agents->crl == folder.path() + "/ca.pem");
  CHECK(loaded.value->api.people->ca == folder.path() + "/ca.pem");
  CHECK_FALSE(loaded.value->api.people->crl);
  CHECK(loaded.value->certificates.size() == 1);
  CHECK(loaded.value->metrics == HostPort{"127.0.0.1", 9090});
  const std::string alone = "mysql: { listen: \"0.0.0.0:3306\", tls: { certificate: cert.pem, key: key.pem, client_crl: ca.pem } }\n";
  CHECK(ToString(folder.Parse(alone + kApi + kRest).problems).find("mysql.tls.client_crl: is of no use without authorities") != std::string::npos);
}

TEST_CASE("limits and log are read") {
  const Folder folder;
  const auto loaded = folder.Parse(std::string(kMysql) + kApi + kRest +
                                   "limits: { sessions: 5, sessions_per_agent: 2, statement_bytes: 1MiB, "
                                   "statement_timeout: 30s, parse_depth: 20 }\n"
                                   "log: { level: debug, format: json, file: g.log }\nthreads: 3\n"
                                   "store: { sqlite: { path: other.db } }\n");
  REQUIRE(ToString(loaded.problems) == "");
  CHECK(loaded.value->limits.sessions == 5);
  CHECK(loaded.value->limits.statement_bytes == 1u << 20);
  CHECK(loaded.value->limits.statement_timeout == absl::Seconds(30));
  CHECK(loaded.value->limits.parse_depth == 20);
  CHECK(loaded.value->log.format == log::Format::kJson);
  CHECK(loaded.value->log.file == folder.path() + "/g.log");
  CHECK(loaded.value->threads == 3);
  CHECK(loaded.value->sqlite_path == folder.path() + "/other.db");
}

TEST_CASE("the journal signs and compresses unless it is told otherwise, and keeps everything") {
  const Folder folder;
  const std::string small = std::string(kMysql) + kApi + kRest;
  const auto loaded = folder.Parse(small);
  REQUIRE(ToString(loaded.problems) == "");
  const JournalConfig& journal = loaded.value->journal;
  CHECK(journal.key == folder.path() + "/data/journal.key");
  CHECK(journal.checkpoint_every == absl::Minutes(1));
  CHECK(journal.compress);
  CHECK_FALSE(journal.keep);
  CHECK(journal.max_bytes == 0);

  const auto other = folder.Parse(small +
                                  "journal: { checkpoints: { key: k.pem, every: 5s, records: 10 }, compress: false, "
                                  "witness: { file: w.jsonl, url: \"https://witness.example.com/postern\", ca: ca.pem }, "
                                  "retention: { keep: 90d, max_bytes: 50GiB } }\n");
  REQUIRE(ToString(other.problems) == "");
  const JournalConfig& told = other.value->journal;
  CHECK(told.key == folder.path() + "/k.pem");
  CHECK(told.checkpoint_every == absl::Seconds(5));
  CHECK(told.checkpoint_records == 10);
  CHECK_FALSE(told.compress);
  CHECK(told.witness.file == folder.path() + "/w.jsonl");
  CHECK(told.witness.url == "https://witness.example.com/postern");
  CHECK(told.witness.ca == folder.path() + "/ca.pem");
  CHECK(told.keep == absl::Hours(24 * 90));
  CHECK(told.max_bytes == uint64_t{50} << 30);

  CHECK_FALSE(folder.Parse(small + "journal: { witness: { url: \"http://witness.example.com\" } }\n").ok());
  CHECK_FALSE(folder.Parse(small + "journal: { retention: { max_bytes: 50GiB } }\n").ok());
  CHECK_FALSE(folder.Parse(small + "journal: { retention: { keep: 0s } }\n").ok());
}

TEST_CASE("what is unsafe or incomplete is refused, all of it at once") {
  const Folder folder;
  const std::string at = folder.path() + "/g.yaml:";
  const auto loaded = folder.Parse(
      "mysql: { listen: \"0.0.0.0:3306\", insecure_loopback: true }\n"
      "api: { listen: \"0.0.0.0:8443\", tls: { certificate: cert.pem, key: none.pem } }\n"
      "data_dir: data\n"
      "policy: none.yaml\n"
      "targets: { \"a+b\": { relays: [] } }\n"
      "limits: { sessions: 0, packet_bytes: 1MiB, sesions: 1 }\n");
  CHECK_FALSE(loaded.ok());
  CHECK(ToString(loaded.problems) ==
        at + "1:53: mysql.insecure_loopback: needs mysql.listen to be a loopback address\n" + at +
            "2:67: api.tls.key: no such file: " + folder.path() + "/none.pem\n" + at +
            "4:9: policy: no such file: " + folder.path() + "/none.yaml\n" + at +
            "5:19: targets.a+b: a target's name has at most 64 bytes, no blanks and none of + * \"\n" + at +
            "6:9: limits.statement_bytes: is larger than packet_bytes\n" +
            at + "6:21: limits.sessions: must be from 1 to 1000000\n" + at + "6:44: limits.sesions: unknown key");
}

TEST_CASE("without TLS the MySQL port serves this machine only") {
  const Folder folder;
  const std::string rest = std::string(kApi) + kRest;
  CHECK(folder.Parse("mysql: { listen: \"127.0.0.1:3306\", insecure_loopback: true }\n" + rest).ok());
  CHECK_FALSE(folder.Parse("mysql: { listen: \"127.0.0.1:3306\" }\n" + rest).ok());
  CHECK_FALSE(folder.Parse("mysql: { listen: \"10.0.0.1:3306\", insecure_loopback: true }\n" + rest).ok());
}

TEST_CASE("each missing section is named") {
  const Folder folder;
  const std::string problems = ToString(folder.Parse("threads: 1\n").problems);
  for (const char* key : {"mysql", "api", "data_dir", "policy", "targets"}) {
    CHECK(problems.find(key) != std::string::npos);
  }
}

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What is promised and not kept is worse than what was never promised: the operator believes in a bound that is not there.
TEST_CASE("every limit is handed on by the gateway's wiring, and documented") {
  const std::filesystem::path root = POSTERN_SOURCE_DIR;
  std::string wiring;
  for (const auto& entry : std::filesystem::directory_iterator(root / "gateway")) {
    if (entry.path().extension() == ".cc") wiring += TextOf(entry.path());
  }
  const std::string docs = TextOf(root / "docs/configuration.md");
  const std::string header = TextOf(root / "gateway/config/gateway_config.h");
  const size_t begin = header.find("struct GatewayLimits {");
  REQUIRE(begin != std::string::npos);
  const std::string limits = header.substr(begin, header.find("};", begin) - begin);
  const std::regex member("\\b(\\w+) = ");
  size_t count = 0;
  for (std::sregex_iterator it(limits.begin(), limits.end(), member); it != std::sregex_iterator(); ++it, ++count) {
    const std::string name = (*it)[1];
    INFO(name);
    CHECK(std::regex_search(wiring, std::regex("limits\\." + name + "\\b")));
    CHECK(docs.find("`" + name + "`") != std::string::npos);
  }
  CHECK(count > 20);
}

}  // namespace
}  // namespace postern::config
