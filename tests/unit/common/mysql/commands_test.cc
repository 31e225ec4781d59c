#include <catch2/catch.hpp>

#include "common/mysql/capabilities.h"
#include "common/mysql/commands.h"

namespace postern::mysql {
namespace {

TEST_CASE("every byte has a treatment, and bytes without a row are refused") {
  size_t known = 0;
  for (int code = 0; code <= 255; ++code) {
    const CommandInfo& info = FindCommand(static_cast<uint8_t>(code));
    bool in_table = code <= 0x21 || (code >= 0xFA && code <= 0xFE);
    CAPTURE(code, info.name);
    if (in_table) {
      ++known;
      CHECK(info.code == code);
      CHECK(info.name != "COM_UNKNOWN");
    } else {
      CHECK(info.name == "COM_UNKNOWN");
      CHECK(info.treatment == Treatment::kRefuse);
    }
  }
  CHECK(known == AllCommands().size());
}

TEST_CASE("whatever carries an agent's SQL is inspected") {
  for (const CommandInfo& info : AllCommands()) {
    CAPTURE(info.name);
    if (info.carries_sql) CHECK(info.treatment == Treatment::kInspect);
  }
  CHECK(FindCommand(0x03).carries_sql);
  CHECK(FindCommand(0x16).carries_sql);
}

TEST_CASE("commands that hand out the database or its socket never get through") {
  for (uint8_t code : {0x12, 0x13, 0x14, 0x15, 0x1E, 0x20, 0x21, 0xFA, 0xFE}) {
    CHECK(FindCommand(code).treatment == Treatment::kRefuse);
  }
}

using namespace capability;

TEST_CASE("the gateway never offers what hides or bends packets") {
  Capabilities most = GatewayCapabilities({.tls = true, .multi_statements = true});
  CHECK((most & (kCompress | kZstd | kLocalFiles | kMultiFactor | kOptionalMetadata | kExpiredPasswords |
                 kCapabilityExtension | kNoSchema)) == 0);
  CHECK((most & kLongPassword) != 0);  // or MariaDB's extended capabilities come into play
  CHECK((most & kQueryAttributes) != 0);
  CHECK((GatewayCapabilities({.tls = false}) & kSsl) == 0);
  CHECK((GatewayCapabilities({}) & kMultiStatements) == 0);
}

constexpr Capabilities kMySql9 = 0xDFFFFFFF;
constexpr Capabilities kMariaDb1011 = 0x81FFF7FE;

TEST_CASE("the server is asked for the agent's packet layout") {
  Capabilities agent = GatewayCapabilities({});
  Capabilities asked = *UpstreamCapabilities(agent, kMySql9, true);
  CHECK((asked & kDeprecateEof) != 0);
  CHECK((asked & kQueryAttributes) != 0);
  CHECK((asked & (kCompress | kZstd | kLocalFiles | kMultiFactor | kOptionalMetadata | kMultiStatements)) == 0);

  Capabilities old_agent = agent & ~(kDeprecateEof | kSessionTrack | kFoundRows);
  asked = *UpstreamCapabilities(old_agent, kMySql9, false);
  CHECK((asked & kDeprecateEof) == 0);
  CHECK((asked & kFoundRows) == 0);
  CHECK((asked & kSessionTrack) != 0);  // ours to strip
  CHECK((asked & kSsl) == 0);
}

TEST_CASE("MariaDB gets no query attributes and its extensions stay off") {
  Capabilities asked = *UpstreamCapabilities(GatewayCapabilities({}), kMariaDb1011, false);
  CHECK((asked & kQueryAttributes) == 0);
  CHECK((asked & kLongPassword) != 0);
}

TEST_CASE("a server that cannot keep the agent's layout is refused") {
  CHECK(absl::IsFailedPrecondition(
      UpstreamCapabilities(GatewayCapabilities({}), kMySql9 & ~kDeprecateEof, true).status()));
  CHECK(absl::IsFailedPrecondition(UpstreamCapabilities(0, kMySql9 & ~kSessionTrack, true).status()));
  CHECK(absl::IsFailedPrecondition(UpstreamCapabilities(0, kMariaDb1011, true).status()));  // no TLS there
}

}  // namespace
}  // namespace postern::mysql
