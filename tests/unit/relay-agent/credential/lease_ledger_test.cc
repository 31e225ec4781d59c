#include "relay-agent/credential/lease_ledger.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace postern::relay {
namespace {

const LeaseRecord kRecord{"orders-prod/orders-bot", "database/creds/readonly/2f6a614c-4aa2-7b19-24b9-ad944a8d4de6"};

TEST_CASE("a lease written down is found again, and gone when removed") {
  char path[] = "/tmp/postern-leases.XXXXXX";
  REQUIRE(mkdtemp(path) != nullptr);
  const auto ledger = LeaseLedger::Open(std::string(path) + "/leases");
  REQUIRE(ledger.ok());
  REQUIRE(ledger->Add(kRecord).ok());
  CHECK(ledger->ReadAll().records == std::vector<LeaseRecord>{kRecord});
  std::ofstream(std::string(path) + "/leases/torn.lease") << "lease 1\nacc";
  CHECK(ledger->ReadAll().unreadable == std::vector<std::string>{"torn.lease"});
  ledger->Remove(kRecord.id);
  CHECK(ledger->ReadAll().records.empty());
  std::filesystem::remove_all(path);
}

TEST_CASE("every cut of a file is refused, and so is a lease that is no single line") {
  const std::string text = EncodeLease(kRecord);
  CHECK(DecodeLease(text) == kRecord);
  for (size_t size = 0; size < text.size(); ++size) CHECK_FALSE(DecodeLease(text.substr(0, size)).has_value());
  CHECK_FALSE(DecodeLease(EncodeLease({"orders", "a\nb"})) == LeaseRecord{"orders", "a\nb"});
  CHECK_FALSE(DecodeLease(EncodeLease({"a\nid b", "c"})) == LeaseRecord{"a\nid b", "c"});
}

}  // namespace
}  // namespace postern::relay
