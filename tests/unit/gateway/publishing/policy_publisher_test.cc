#include "gateway/publishing/policy_publisher.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "gateway/policy/in_force.h"
#include "gateway/policy/load_rules.h"
#include "gateway/store/sqlite/policy_versions.h"
#include "tests/unit/gateway/temp_folder.h"

namespace postern::publishing {
namespace {

constexpr char kOld[] = "version: 1\n";
constexpr char kNew[] = "version: 1\nrules: []\n";
const absl::Time kNow = absl::FromUnixSeconds(1'767'607'200);

struct Desk {
  TempFolder folder;
  std::filesystem::path file = folder.path() / "etc" / "policy.yaml";
  std::unique_ptr<policy::PolicyInForce> in_force;
  std::unique_ptr<store::PolicyVersions> versions;
  std::unique_ptr<PolicyPublisher> publisher;

  Desk() {
    std::filesystem::create_directory(file.parent_path());
    Write(kOld);
    in_force = std::make_unique<policy::PolicyInForce>(*policy::LoadRules(file).value, kNow);
    auto opened = store::PolicyVersions::Open(folder.path() / "policies.db");
    REQUIRE(opened.ok());
    versions = *std::move(opened);
    publisher = std::make_unique<PolicyPublisher>(file, *in_force, *versions);
    REQUIRE(publisher->KeepFirst(kNow).ok());
  }

  void Write(const std::string& text) { std::ofstream(file) << text; }
  std::string OnDisk() const {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  absl::StatusOr<v1::PolicyVersion> Apply(const std::string& text) {
    v1::ApplyPolicyRequest request;
    request.set_text(text);
    return publisher->Apply(request, "ada", kNow);
  }
  std::vector<std::string> Listed() {
    std::vector<std::string> listed;
    const auto versions_kept = publisher->Versions(100);
    for (const v1::PolicyVersion& version : *versions_kept) {
      listed.push_back(version.version() + (version.in_force() ? " in force" : ""));
    }
    return listed;
  }
};

TEST_CASE("what is applied is in force, in the file and in the list") {
  Desk desk;
  ::chmod(desk.file.c_str(), 0640);
  const auto applied = desk.Apply(kNew);
  REQUIRE(applied.ok());
  CHECK(desk.in_force->Text() == kNew);
  CHECK(desk.OnDisk() == kNew);
  struct stat state {};
  REQUIRE(::stat(desk.file.c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0640);
  CHECK(desk.Listed() == std::vector<std::string>{applied->version() + " in force", policy::VersionOf(kOld)});
}

TEST_CASE("what is not valid changes nothing anywhere") {
  Desk desk;
  CHECK(desk.Apply("version: 1\nnonsense: true\n").status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(desk.in_force->Text() == kOld);
  CHECK(desk.OnDisk() == kOld);
  CHECK(desk.Listed() == std::vector<std::string>{policy::VersionOf(kOld) + " in force"});
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(desk.file.parent_path())) ++files;
  CHECK(files == 1);
}

TEST_CASE("where the file cannot be written the old policy stays in force and in the list") {
  Desk desk;
  std::filesystem::remove_all(desk.file.parent_path());
  CHECK(desk.Apply(kNew).status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(desk.in_force->Text() == kOld);
  CHECK(desk.Listed() == std::vector<std::string>{policy::VersionOf(kOld) + " in force"});
}

TEST_CASE("a link to the policy stays a link") {
  Desk desk;
  const std::filesystem::path real = desk.folder.path() / "real.yaml";
  std::filesystem::rename(desk.file, real);
  std::filesystem::create_symlink(real, desk.file);
  REQUIRE(desk.Apply(kNew).ok());
  CHECK(std::filesystem::is_symlink(desk.file));
  CHECK(desk.OnDisk() == kNew);
}

TEST_CASE("a file that was changed by hand becomes a version when it is read again") {
  Desk desk;
  desk.Write(kNew);
  REQUIRE(desk.publisher->Reload(kNow).ok());
  REQUIRE(desk.publisher->Reload(kNow).ok());
  CHECK(desk.Listed() == std::vector<std::string>{policy::VersionOf(kNew) + " in force", policy::VersionOf(kOld)});
  v1::RollbackPolicyRequest back;
  back.set_version(policy::VersionOf(kOld));
  back.set_reason("too much was let");
  const auto rolled = desk.publisher->Rollback(back, "ada", kNow);
  REQUIRE(rolled.ok());
  CHECK(rolled->reason() == "rollback to " + policy::VersionOf(kOld) + ": too much was let");
  CHECK(desk.OnDisk() == kOld);
}

}  // namespace
}  // namespace postern::publishing
