// What the journal's tests share: small records, whole readings, and files changed behind the journal's back.
#ifndef POSTERN_TESTS_UNIT_GATEWAY_RECORDING_JOURNAL_SUPPORT_H_
#define POSTERN_TESTS_UNIT_GATEWAY_RECORDING_JOURNAL_SUPPORT_H_

#include <absl/status/status.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/recording/file_journal.h"
#include "gateway/recording/reader.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::recording {

inline v1::Record StatementRecord(const std::string& session, const std::string& id,
                                  const std::string& text = "SELECT 1") {
  v1::Record record;
  record.set_at_unix_us(1'700'000'000'000'000);
  record.set_session_id(session);
  record.mutable_statement()->set_statement_id(id);
  record.mutable_statement()->set_text(text);
  record.mutable_statement()->set_decision(v1::Statement::DECISION_ALLOW);
  return record;
}

// The statement ids in the journal, in order. Fails the test on damage.
inline std::vector<std::string> StatementIds(const std::filesystem::path& folder) {
  std::vector<std::string> ids;
  auto reader = Reader::Open(folder);
  REQUIRE(reader.ok());
  while (true) {
    auto record = reader->Next();
    INFO(record.status().ToString());
    REQUIRE(record.ok());
    if (!*record) return ids;
    ids.push_back((*record)->statement().statement_id());
  }
}

inline std::vector<std::string> Numbered(int from, int to) {
  std::vector<std::string> ids;
  for (int i = from; i < to; ++i) ids.push_back(std::to_string(i));
  return ids;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace postern::recording

#endif  // POSTERN_TESTS_UNIT_GATEWAY_RECORDING_JOURNAL_SUPPORT_H_
