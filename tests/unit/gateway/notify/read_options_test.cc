#include "gateway/notify/read_options.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "gateway/notify/secret_file.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::notify {
namespace {

class Folder {
 public:
  void Write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(temp_.path() / name) << text;
    ::chmod((temp_.path() / name).c_str(), mode);
  }
  std::filesystem::path operator/(const std::string& name) const { return temp_.path() / name; }

  // The webhooks of such a list, and what is wrong with it.
  std::vector<Webhook> Read(const std::string& list) {
    config::Document document = config::Document::FromText("webhooks: " + list, (temp_.path() / "g.yaml").string());
    std::vector<Webhook> webhooks;
    {
      config::Section root = document.root();
      webhooks = ReadWebhooks(root);
    }
    problems = config::ToString(document.TakeProblems());
    return webhooks;
  }
  bool Complains(const std::string& list, const std::string& of) {
    Read(list);
    INFO(problems);
    return problems.find(of) != std::string::npos;
  }

  std::string problems;

 private:
  TempFolder temp_;
};

TEST_CASE("webhooks are read with their defaults") {
  Folder folder;
  folder.Write("key", "s3cret\n");
  folder.Write("slack", "https://hooks.slack.com/services/T/B/x?y=z");
  const auto webhooks = folder.Read(
      "[ { name: ours, url: \"https://h.example/p\", secret_file: key, events: [denied] }, { name: chat, url_file: slack, format: slack, "
      "give_up_after: 2h } ]");
  REQUIRE(folder.problems == "");
  REQUIRE(webhooks.size() == 2);
  CHECK(webhooks[0].format == Format::kJson);
  CHECK(webhooks[0].events == std::set<Event>{Event::kDenied});
  CHECK(webhooks[0].give_up_after == absl::Minutes(15));
  CHECK(webhooks[1].format == Format::kSlack);
  CHECK(webhooks[1].events.size() == 5);
  CHECK(webhooks[1].endpoint.url_file == (folder / "slack").string());
}

TEST_CASE("a webhook that would tell strangers, or that nobody could trust, is refused") {
  Folder folder;
  folder.Write("key", "s3cret");
  folder.Write("open", "s3cret", 0644);
  folder.Write("plain", "http://hooks.example/x");
  folder.Write("empty", "\n");
  CHECK(folder.Complains("[ { name: a, url: \"http://h.example/p\", secret_file: key } ]", "webhooks[0].url: expected an https URL"));
  CHECK(folder.Complains("[ { name: a, url: \"https://u:p@h.example/p\", secret_file: key } ]", "expected an https URL"));
  CHECK(folder.Complains("[ { name: a, url_file: plain, format: teams } ]", "expected an https URL"));
  CHECK(folder.problems.find("hooks.example") == std::string::npos);
  CHECK(folder.Complains("[ { name: a, url: \"https://h.example/p\" } ]", "secret_file is missing"));
  CHECK(folder.Complains("[ { name: a, url: \"https://h.example/p\", secret_file: open } ]", "others than its owner may read it"));
  CHECK(folder.Complains("[ { name: a, url: \"https://h.example/p\", secret_file: empty } ]", "is empty"));
  CHECK(folder.Complains("[ { name: a, secret_file: key } ]", "needs url or url_file"));
  CHECK(folder.Complains("[ { name: a, url: \"https://h.example/p\", secret_file: key, events: [held] } ]", "expected one of requested"));
  CHECK(folder.Complains("[ { name: \"a b\", url: \"https://h.example/p\", secret_file: key } ]", "expected at most 64 letters"));
  const std::string one = "{ name: a, url: \"http://127.0.0.1:1/p\", secret_file: key }";
  CHECK(folder.Complains("[ " + one + ", " + one + " ]", "is the name of another webhook"));
  folder.Read("[ " + one + " ]");
  CHECK(folder.problems == "");
}

TEST_CASE("a secret is all of its file but the newline at the end") {
  Folder folder;
  folder.Write("key", "two\nlines\r\n");
  CHECK(ReadSecretFile((folder / "key").string())->Reveal() == "two\nlines");
  folder.Write("long", std::string(5000, 'x'));
  CHECK_FALSE(ReadSecretFile((folder / "long").string()).ok());
  CHECK_FALSE(ReadSecretFile((folder / "missing").string()).ok());
}

}  // namespace
}  // namespace postern::notify
