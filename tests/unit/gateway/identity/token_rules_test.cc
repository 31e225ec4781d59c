#include "gateway/identity/token_rules.h"

#include <catch2/catch.hpp>
#include <string>

namespace postern::identity {
namespace {

v1::CreateTokenRequest Agent(const std::string& name = "orders-bot") {
  v1::CreateTokenRequest request;
  request.set_name(name);
  request.set_kind(v1::PRINCIPAL_KIND_AGENT);
  return request;
}

v1::CreateTokenRequest Person(const std::string& name = "alice") {
  v1::CreateTokenRequest request;
  request.set_name(name);
  request.set_kind(v1::PRINCIPAL_KIND_PERSON);
  request.add_roles(v1::ROLE_REVIEWER);
  return request;
}

TEST_CASE("tokens that may be asked for") {
  CHECK(CheckTokenRequest(Agent()).ok());
  CHECK(CheckTokenRequest(Agent(std::string(64, 'a'))).ok());
  CHECK(CheckTokenRequest(Agent("A.b_c-9")).ok());
  CHECK(CheckTokenRequest(Person()).ok());
  CHECK(CheckTokenRequest(Person("alice@example.com")).ok());
  auto agent = Agent();
  agent.add_groups("readers");
  agent.add_targets("orders-prod");
  CHECK(CheckTokenRequest(agent).ok());
}

TEST_CASE("nobody is given the name under which the gateway verifies itself") {
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(Agent("postern-verification"))));
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(Person("postern-verification"))));
  CHECK_FALSE(IsAgentName("postern-verification"));
  CHECK_FALSE(IsPersonName("postern-verification"));
}

TEST_CASE("names that would not mean what they say are refused") {
  for (const std::string& bad :
       {std::string(), std::string(65, 'a'), std::string("a+b"), std::string("a b"), std::string("a'b"),
        std::string("a\0b", 3), std::string("a@b"), std::string("ä"), std::string("a\n")}) {
    INFO(bad);
    CHECK(absl::IsInvalidArgument(CheckTokenRequest(Agent(bad))));
    auto group = Agent();
    group.add_groups(bad);
    CHECK(absl::IsInvalidArgument(CheckTokenRequest(group)));
    auto target = Agent();
    target.add_targets(bad);
    CHECK(absl::IsInvalidArgument(CheckTokenRequest(target)));
    if (bad != "a@b") CHECK(absl::IsInvalidArgument(CheckTokenRequest(Person(bad))));
  }
}

TEST_CASE("agents have no roles, people have one and no targets, and everybody is one of the two") {
  auto agent = Agent();
  agent.add_roles(v1::ROLE_ADMIN);
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(agent)));
  auto person = Person();
  person.add_targets("orders");
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(person)));
  person = Person();
  person.clear_roles();
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(person)));
  person.add_roles(v1::ROLE_UNSPECIFIED);
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(person)));
  person.set_roles(0, static_cast<v1::Role>(99));
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(person)));
  auto nobody = Agent();
  nobody.set_kind(v1::PRINCIPAL_KIND_UNSPECIFIED);
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(nobody)));
}

TEST_CASE("lists are bounded") {
  auto agent = Agent();
  for (int i = 0; i < 65; ++i) agent.add_groups("g");
  CHECK(absl::IsInvalidArgument(CheckTokenRequest(agent)));
}

TEST_CASE("a token lives as long as asked, within limits") {
  const auto ttl = [](int64_t seconds) { return TokenTtl(seconds, absl::Hours(2), absl::Hours(10)); };
  CHECK(ttl(0).value() == absl::Hours(2));
  CHECK(ttl(1).value() == absl::Seconds(1));
  CHECK(ttl(36'000).value() == absl::Hours(10));
  CHECK(absl::IsInvalidArgument(ttl(36'001).status()));
  CHECK(absl::IsInvalidArgument(ttl(INT64_MAX).status()));
  CHECK(absl::IsInvalidArgument(ttl(-1).status()));
  CHECK(TokenTtl(0, absl::Hours(20), absl::Hours(10)).value() == absl::Hours(10));
}

}  // namespace
}  // namespace postern::identity
