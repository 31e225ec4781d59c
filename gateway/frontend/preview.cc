#include "gateway/frontend/preview.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/ids/ulid.h"
#include "common/mysql/collation.h"
#include "common/sql/read.h"
#include "common/sql/rows_met.h"
#include "common/text/utf8.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/prediction.h"
#include "gateway/frontend/small_query.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/tunnel/server_dialect.h"

namespace postern::frontend {
namespace {

constexpr uint64_t kCountUpTo = 10'000;
constexpr uint64_t kSampleRows = 20;
constexpr int kMostPreviews = 8;  // at once
constexpr absl::Duration kLongest = absl::Seconds(5);
// Reads wait for no lock, and nothing is written.
constexpr std::string_view kBefore[] = {"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION READ ONLY"};
constexpr uint16_t kUtf8mb4GeneralCi = 45;

// All that a preview needs once its session may be gone.
struct Job {
  const Services& services;
  std::string approval_id;
  std::string session_id;  // of its own
  std::string task_id;
  std::string target;
  std::string statement;
  uint16_t collation = 0;
  std::string schema;
  sql::Dialect dialect;
  sql::RowsMet met;
  policy::SessionFacts facts;
  policy::RulesPtr rules;
  catalog::CatalogPtr catalog;
  masking::HashKey key;
};

// Lets a result through under the masks that were planned for it, or not at all.
class MaskJudge final : public masking::ResultJudge {
 public:
  MaskJudge(const Job& job, const policy::MaskPlan& plan) : job_(job), plan_(plan) {}

  masking::Verdict OnColumns(masking::RowMasks::Columns columns, size_t result) override {
    std::vector<std::optional<policy::Mask>> masks(columns.size());
    const bool planned = plan_.in_force && plan_.predicted && result == 0;
    std::string why = planned ? DifferenceFrom(plan_, columns) : std::string();
    if (why.empty() && plan_.in_force) why = UnplannedMasked(*job_.rules, job_.facts, plan_, planned, columns);
    if (!why.empty()) return Withhold(why);
    for (size_t i = 0; planned && i < masks.size(); ++i) masks[i] = plan_.outputs[i].mask;
    auto compiled = masking::RowMasks::Compile(columns, masks, {job_.key, kUtf8mb4GeneralCi});
    if (!compiled.ok()) return Withhold(std::string(compiled.status().message()));
    return {*std::move(compiled), {}};
  }

 private:
  static masking::Verdict Withhold(std::string_view why) { return {nullptr, {1105, "HY000", std::string(why)}}; }

  const Job& job_;
  const policy::MaskPlan& plan_;
};

// How many are under way, of all sessions.
class Slot {
 public:
  static std::unique_ptr<Slot> Take() {
    if (taken_.fetch_add(1) < kMostPreviews) return std::unique_ptr<Slot>(new Slot);
    taken_.fetch_sub(1);
    return nullptr;
  }
  ~Slot() { taken_.fetch_sub(1); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  Slot() = default;
  static inline std::atomic<int> taken_ = 0;
};

v1::Record StatementRecord(const Job& job, const std::string& sql, const sql::Facts& facts, const std::string& id) {
  v1::Record record = NewRecord(job.session_id, job.task_id);
  v1::Statement& statement = *record.mutable_statement();
  statement.set_statement_id(id);
  statement.set_command("COM_QUERY");
  statement.set_text(sql);
  DescribeFacts(statement, facts);
  statement.set_decision(v1::Statement::DECISION_ALLOW);
  statement.set_rule(std::string(policy::builtin::kPreview));
  statement.set_policy_version(job.rules->version);
  statement.set_schema(text::ValidUtf8(job.schema));
  statement.set_preview_of(job.approval_id);
  return record;
}

void RecordOutcome(const Job& job, const std::string& id, const policy::MaskPlan& plan, const absl::StatusOr<SmallResult>& result) {
  v1::Record record = NewRecord(job.session_id, job.task_id);
  v1::Outcome& outcome = *record.mutable_outcome();
  outcome.set_statement_id(id);
  outcome.set_result(result.ok() ? v1::Outcome::RESULT_OK : v1::Outcome::RESULT_ERROR);
  if (result.ok()) {
    outcome.set_rows(result->rows.size());
    outcome.set_result_bytes(result->bytes);
  } else {
    outcome.set_error(plan.in_force ? "an error" : text::ValidUtf8(std::string(result.status().message())));
  }
  for (const std::string& applied : plan.applied) outcome.add_masks(text::ValidUtf8(applied));
  RecordLater(job.services.journal, record);
}

// Read by our own reader, planned under the agent's masks, recorded, and only then run.
asio::awaitable<absl::StatusOr<SmallResult>> Ask(const Job& job, tunnel::Door& door, std::string sql, v1::ImpactPreview& preview) {
  const sql::Reading reading = sql::Read(sql, job.dialect, {}, {job.catalog.get(), job.schema});
  if (!reading.ok()) co_return absl::InternalError("it cannot be read");
  const policy::Masking masking = policy::PlanMasks(*job.rules, reading.facts, job.facts, job.catalog.get());
  if (masking.refused) co_return absl::PermissionDeniedError(masking.refused->reason());
  const std::string id = ids::NewStatementId();
  v1::Record record = StatementRecord(job, sql, reading.facts, id);
  const absl::Status recorded = co_await Record(job.services.journal, std::move(record));
  if (!recorded.ok()) co_return recorded;
  MaskJudge judge(job, masking.plan);
  absl::StatusOr<SmallResult> result = co_await AskSmall(door, judge, std::move(sql));
  RecordOutcome(job, id, masking.plan, result);
  for (const std::string& applied : masking.plan.applied) preview.add_masks(text::ValidUtf8(applied));
  co_return result;
}

absl::Status TakeCount(const SmallResult& counted, v1::ImpactPreview& preview) {
  uint64_t rows = 0;
  if (counted.rows.size() != 1 || counted.rows[0].values_size() != 1 || !absl::SimpleAtoi(counted.rows[0].values(0).value(), &rows)) {
    return absl::InternalError("the rows could not be counted");
  }
  preview.set_rows(std::min(rows, kCountUpTo));
  preview.set_rows_capped(rows > kCountUpTo);
  return absl::OkStatus();
}

void Add(SmallResult result, google::protobuf::RepeatedPtrField<std::string>& columns,
         google::protobuf::RepeatedPtrField<v1::PreviewRow>& rows) {
  for (std::string& column : result.columns) columns.Add(std::move(column));
  for (v1::PreviewRow& row : result.rows) rows.Add(std::move(row));
}

asio::awaitable<absl::Status> Look(const Job& job, tunnel::Door& door, v1::ImpactPreview& preview) {
  for (const std::string_view first : kBefore) {
    std::string sql(first);
    const auto begun = co_await Ask(job, door, std::move(sql), preview);
    if (!begun.ok()) co_return begun.status();
  }
  const auto counted = co_await Ask(job, door, job.met.count, preview);
  if (!counted.ok()) co_return counted.status();
  if (absl::Status taken = TakeCount(*counted, preview); !taken.ok()) co_return taken;
  auto sample = co_await Ask(job, door, job.met.sample, preview);
  if (!sample.ok()) co_return sample.status();
  Add(*std::move(sample), *preview.mutable_columns(), *preview.mutable_sample());
  // Under masks a plan may be refused: then there is none, and the rest stands.
  std::string explain = "EXPLAIN " + job.statement;
  auto plan = co_await Ask(job, door, std::move(explain), preview);
  if (plan.ok()) Add(*std::move(plan), *preview.mutable_plan_columns(), *preview.mutable_plan());
  co_return absl::OkStatus();
}

v1::ImpactPreview Missing(std::string_view why) {
  v1::ImpactPreview preview;
  preview.set_missing(text::ValidUtf8(why));
  preview.set_taken_at_unix_ms(absl::ToUnixMillis(absl::Now()));
  return preview;
}

tunnel::DoorRequest RequestFor(const Job& job) {
  tunnel::DoorRequest request;
  request.session_id = job.session_id;
  request.target = job.target;
  request.agent = job.facts.agent;
  request.task_id = job.task_id;
  request.capabilities = CapabilitiesForSmallQueries();
  request.collation = job.collation;
  request.schema = job.schema;
  request.open_timeout = job.services.options.open_timeout;
  request.attributes = {{"postern_session", job.session_id}, {"postern_preview", job.approval_id}};
  return request;
}

void RecordDoor(const Job& job, const tunnel::OpenedDoor& opened) {
  v1::Record record = NewRecord(job.session_id, job.task_id);
  v1::DoorOpened& event = *record.mutable_door_opened();
  event.set_relay(opened.relay);
  event.set_thread_id(opened.thread_id);
  *event.mutable_server() = opened.server;
  event.set_took_ms(static_cast<uint32_t>(absl::ToInt64Milliseconds(opened.took)));
  RecordLater(job.services.journal, record);
}

v1::Record OpenedRecord(const Job& job) {
  v1::Record record = NewRecord(job.session_id, job.task_id);
  v1::SessionOpened& opened = *record.mutable_session_opened();
  opened.set_agent("postern");
  opened.set_target(job.target);
  opened.set_identity_kind("preview");
  opened.set_identity_id(job.approval_id);
  opened.set_schema(text::ValidUtf8(job.schema));
  return record;
}

asio::awaitable<v1::ImpactPreview> TakeThrough(const Job& job, tunnel::Door& door) {
  const auto dialect = tunnel::DialectOf(door.opened().server, job.dialect.charset);
  if (!dialect || *dialect != job.dialect) co_return Missing("the session reads statements in another way than a new connection");
  Watchdog patience(co_await asio::this_coro::executor);
  patience.Arm(kLongest, [&door] { door.Close(); });
  v1::ImpactPreview preview;
  const absl::Status looked = co_await Look(job, door, preview);
  if (absl::IsCancelled(looked)) co_return Missing("it took too long");
  if (!looked.ok()) co_return Missing(std::string(looked.message()));
  preview.set_approximate(job.met.approximate);
  preview.set_taken_at_unix_ms(absl::ToUnixMillis(absl::Now()));
  preview.set_stale_at_unix_ms(absl::ToUnixMillis(absl::Now() + job.services.options.preview_max_age));
  co_return preview;
}

asio::awaitable<v1::ImpactPreview> Take(const Job& job) {
  v1::Record opened = OpenedRecord(job);
  const absl::Status recorded = co_await Record(job.services.journal, std::move(opened));
  if (!recorded.ok()) co_return Missing("it could not be recorded");
  tunnel::DoorRequest request = RequestFor(job);
  auto door = co_await job.services.relays.Open(std::move(request));
  v1::ImpactPreview preview;
  if (door.ok()) {
    RecordDoor(job, (*door)->opened());
    preview = co_await TakeThrough(job, **door);
    (*door)->Close();
  } else {
    preview = Missing(absl::StrCat("no connection: ", door.status().message()));
  }
  v1::Record closed = NewRecord(job.session_id, job.task_id);
  closed.mutable_session_closed()->set_reason("preview");
  RecordLater(job.services.journal, closed);
  co_return preview;
}

asio::awaitable<void> Run(std::unique_ptr<Job> job, std::unique_ptr<Slot> slot) {
  v1::ImpactPreview preview = co_await Take(*job);
  slot = nullptr;
  job->services.approvals.SetPreview(job->approval_id, std::move(preview));
}

}  // namespace

void BeginPreview(const SessionState& s, const Errand& errand, const std::string& approval_id) {
  if (!errand.decision.terms().preview) return;
  const std::string& forwarded = errand.record.forwarded().empty() ? errand.record.text() : errand.record.forwarded();
  const auto none = [&](std::string_view why) { s.services.approvals.SetPreview(approval_id, Missing(why)); };
  const sql::RowsMet met = sql::RowsMetBy(forwarded, errand.review.dialect, kCountUpTo + 1, kSampleRows);
  if (!met.why_not.empty()) return none(met.why_not);
  auto slot = Slot::Take();
  if (slot == nullptr) return none("too many are being made at once");
  policy::SessionFacts facts = s.Facts();
  facts.default_schema = errand.record.schema();
  auto job = std::make_unique<Job>(Job{.services = s.services,
                                       .approval_id = approval_id,
                                       .session_id = ids::NewSessionId(),
                                       .task_id = s.login.task->id(),
                                       .target = s.login.target,
                                       .statement = forwarded,
                                       .collation = s.login.collation,
                                       .schema = errand.record.schema(),
                                       .dialect = errand.review.dialect,
                                       .met = met,
                                       .facts = std::move(facts),
                                       .rules = errand.rules,
                                       .catalog = s.services.catalogs.Of(s.login.target),
                                       .key = s.mask_key});
  asio::co_spawn(s.channel->executor(), Run(std::move(job), std::move(slot)), asio::detached);
}

}  // namespace postern::frontend
