#include "gateway/tunnel/peer_name.h"

#include <catch2/catch.hpp>

namespace postern::tunnel {
namespace {

std::string NameOf(std::vector<std::string> uris, std::vector<std::string> common_names) {
  auto name = RelayName({std::move(uris), std::move(common_names)});
  return name.ok() ? *name : "refused";
}

TEST_CASE("a relay is called what its certificate says") {
  CHECK(NameOf({"spiffe://example.com/eu/relay/relay-1"}, {"something"}) == "relay-1");
  CHECK(NameOf({"spiffe://example.com/relay/relay-1"}, {}) == "relay-1");
  CHECK(NameOf({"https://example.com/x"}, {"relay-2"}) == "relay-2");
  CHECK(NameOf({}, {"relay-2"}) == "relay-2");
}

TEST_CASE("a certificate that could mean somebody else names nobody") {
  CHECK(NameOf({}, {}) == "refused");
  CHECK(NameOf({}, {""}) == "refused");
  CHECK(NameOf({}, {"a", "b"}) == "refused");
  CHECK(NameOf({}, {"a/b"}) == "refused");
  // An agent's identity does not turn into a relay's by its common name.
  CHECK(NameOf({"spiffe://example.com/agent/bot"}, {"relay-1"}) == "refused");
  CHECK(NameOf({"spiffe://example.com/relay/"}, {"relay-1"}) == "refused");
  CHECK(NameOf({"spiffe://example.com/relay/a/b"}, {"relay-1"}) == "refused");
  CHECK(NameOf({"spiffe:///relay/relay-1"}, {"relay-1"}) == "refused");
  CHECK(NameOf({"spiffe://a/relay/r", "spiffe://b/relay/r"}, {"r"}) == "refused");
}

}  // namespace
}  // namespace postern::tunnel
