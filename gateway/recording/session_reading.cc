// SessionIndex: one session, shown or replayed from the journal.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "gateway/recording/reader.h"
#include "gateway/recording/session_index.h"
#include "gateway/recording/session_tables.h"

namespace postern::recording {
namespace {

constexpr size_t kMaxStatements = 1000;
// Under gRPC's usual limit of 4 MiB for a message.
constexpr size_t kMaxDetailBytes = 3 << 20;
constexpr size_t kMaxTextBytes = 4 << 10;
constexpr size_t kMaxValueBytes = 256;
constexpr int kMaxParameters = 64;
constexpr size_t kReplayPage = 1000;
// Sessions.
constexpr size_t kExportPage = 200;

void Shorten(std::string* text, size_t limit) {
  if (text->size() <= limit) return;
  text->resize(limit);
  text->append("…");
}

template <class Parameters>
void ShortenParameters(Parameters* parameters) {
  if (parameters->size() > kMaxParameters)
    parameters->DeleteSubrange(kMaxParameters, parameters->size() - kMaxParameters);
  for (auto& parameter : *parameters) Shorten(parameter.mutable_value(), kMaxValueBytes);
}

void ShortenStatement(v1::Statement* statement) {
  Shorten(statement->mutable_text(), kMaxTextBytes);
  Shorten(statement->mutable_forwarded(), kMaxTextBytes);
  ShortenParameters(statement->mutable_parameters());
  ShortenParameters(statement->mutable_query_attributes());
}

absl::StatusOr<v1::StatementLine> ReadLine(RecordFetcher& records, const SessionTables::Pair& places) {
  auto record = records.Fetch(places.first);
  if (!record.ok()) return record.status();
  v1::StatementLine line;
  line.set_at_unix_ms(record->at_unix_us() / 1000);
  *line.mutable_statement() = std::move(*record->mutable_statement());
  ShortenStatement(line.mutable_statement());
  if (places.second.segment == 0) return line;
  auto outcome = records.Fetch(places.second);
  if (!outcome.ok()) return outcome.status();
  *line.mutable_outcome() = std::move(*outcome->mutable_outcome());
  return line;
}

absl::Status ReadStatements(RecordFetcher& records, const std::vector<SessionTables::Pair>& places,
                            v1::SessionDetail* detail) {
  // Read forwards, which is cheap, and the oldest let go when there is too much.
  std::deque<v1::StatementLine> lines;
  size_t bytes = 0;
  for (const auto& pair : places) {
    auto line = ReadLine(records, pair);
    if (!line.ok()) return line.status();
    bytes += line->ByteSizeLong();
    lines.push_back(*std::move(line));
    for (; bytes > kMaxDetailBytes && lines.size() > 1; lines.pop_front()) bytes -= lines.front().ByteSizeLong();
  }
  for (auto& line : lines) *detail->add_statements() = std::move(line);
  return absl::OkStatus();
}

absl::Status ReadDoors(RecordFetcher& records, const std::vector<SessionTables::Pair>& places,
                       v1::SessionDetail* detail) {
  for (const auto& [opened, closed] : places) {
    if (opened.segment != 0) {
      auto record = records.Fetch(opened);
      if (!record.ok()) return record.status();
      *detail->add_doors_opened() = std::move(*record->mutable_door_opened());
    }
    if (closed.segment != 0) {
      auto record = records.Fetch(closed);
      if (!record.ok()) return record.status();
      *detail->add_doors_closed() = std::move(*record->mutable_door_closed());
    }
  }
  return absl::OkStatus();
}

// All of a session's records, oldest first. False when `next` wanted no more.
absl::StatusOr<bool> ReadRecords(SessionTables& tables, int64_t session, RecordFetcher& records,
                                 absl::FunctionRef<bool(const v1::Record&)> next) {
  Position after;
  while (true) {
    auto places = tables.RecordsAfter(session, after, kReplayPage);
    if (!places.ok()) return places.status();
    if (places->empty()) return true;
    after = places->back();
    for (const Position& at : *places) {
      auto record = records.Fetch(at);
      if (!record.ok()) return record.status();
      if (!next(*record)) return false;
    }
  }
}

}  // namespace

absl::StatusOr<v1::SessionDetail> SessionIndex::Get(std::string_view id) {
  auto tables = Reading();
  if (!tables.ok()) return tables.status();
  auto found = (*tables)->Find(id);
  if (!found.ok()) return found.status();
  auto statements = (*tables)->Statements(found->number, kMaxStatements);
  if (!statements.ok()) return statements.status();
  auto doors = (*tables)->Doors(found->number);
  if (!doors.ok()) return doors.status();

  v1::SessionDetail detail;
  *detail.mutable_session() = std::move(found->session);
  RecordFetcher records(journal_->folder());
  if (auto status = ReadDoors(records, *doors, &detail); !status.ok()) return status;
  if (auto status = ReadStatements(records, *statements, &detail); !status.ok()) return status;
  return detail;
}

absl::Status SessionIndex::Replay(std::string_view id, absl::FunctionRef<bool(const v1::Record&)> next) {
  auto tables = Reading();
  if (!tables.ok()) return tables.status();
  auto found = (*tables)->Find(id);
  if (!found.ok()) return found.status();
  RecordFetcher records(journal_->folder());
  return ReadRecords(**tables, found->number, records, next).status();
}

absl::Status SessionIndex::Export(const v1::ListSessionsRequest& filter, absl::FunctionRef<bool(const v1::Record&)> next) {
  auto tables = Reading();
  if (!tables.ok()) return tables.status();
  RecordFetcher records(journal_->folder());
  size_t left = filter.limit() == 0 ? std::numeric_limits<size_t>::max() : filter.limit();
  int64_t before = std::numeric_limits<int64_t>::max();
  while (left > 0) {
    auto page = (*tables)->List(filter, std::min(left, kExportPage), before);
    if (!page.ok()) return page.status();
    if (page->empty()) return absl::OkStatus();
    for (const auto& found : *page) {
      auto more = ReadRecords(**tables, found.number, records, next);
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
    }
    before = page->back().number;
    left -= page->size();
  }
  return absl::OkStatus();
}

}  // namespace postern::recording
