#include "gateway/frontend/preview.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>
#include <atomic>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/ids/ulid.h"
#include "common/mysql/collation.h"
#include "common/sql/read.h"
#include "common/sql/rows_met.h"
#include "common/text/utf8.h"
#include "gateway/approval/expiry_timer.h"
#include "gateway/approval/sample.h"
#include "gateway/frontend/binding.h"
#include "gateway/frontend/journaling.h"
#include "gateway/frontend/prediction.h"
#include "gateway/frontend/small_query.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/mask_plan.h"
#include "gateway/policy/masks.h"
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
  tasks::OpenTaskPtr task;
  std::string target;
  uint16_t collation = 0;
  sql::Charset charset = sql::Charset::kUtf8mb4;
  bool names_set = false;  // that character set, by SET NAMES
  std::string schema;
  sql::Dialect dialect;
  sql::RowsMet met;
  policy::SessionFacts facts;
  policy::RulesPtr rules;
  policy::Rules masks;  // who reviews is not in the agent's groups
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
    if (why.empty() && plan_.in_force) why = UnplannedMasked(job_.masks, job_.facts, plan_, planned, columns);
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
  v1::Record record = NewRecord(job.session_id, job.task->id());
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
  v1::Record record = NewRecord(job.session_id, job.task->id());
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

// Read by our own reader, planned under the agent's masks without exceptions, recorded, and only then run.
asio::awaitable<absl::StatusOr<SmallResult>> Ask(const Job& job, tunnel::Door& door, std::string sql, v1::ImpactPreview& preview) {
  const sql::Reading reading = sql::Read(sql, job.dialect, {}, {job.catalog.get(), job.schema});
  if (!reading.ok()) co_return absl::InternalError("it cannot be read");
  const policy::Masking masking = policy::PlanMasks(job.masks, reading.facts, job.facts, job.catalog.get());
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

// Nobody is shown, for an agent's asking, rows that the agent may not read.
bool AgentMayRead(const Job& job, const std::string& sql) {
  const sql::Reading reading = sql::Read(sql, job.dialect, {}, {job.catalog.get(), job.schema});
  return reading.ok() && policy::Decide(*job.rules, reading.facts, job.facts).allowed();
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

std::vector<std::string> Before(const Job& job) {
  std::vector<std::string> before(std::begin(kBefore), std::end(kBefore));
  if (job.names_set) before.insert(before.begin(), "SET NAMES " + std::string(sql::CharsetName(job.charset)));
  return before;
}

asio::awaitable<absl::Status> Sample(const Job& job, tunnel::Door& door, v1::ImpactPreview& preview) {
  if (!AgentMayRead(job, job.met.sample)) {
    approval::HideSample(preview, "the agent may not read them itself");
    co_return absl::OkStatus();
  }
  auto sample = co_await Ask(job, door, job.met.sample, preview);
  if (sample.ok()) Add(*std::move(sample), *preview.mutable_columns(), *preview.mutable_sample());
  co_return sample.status();
}

asio::awaitable<absl::Status> Look(const Job& job, tunnel::Door& door, v1::ImpactPreview& preview) {
  const std::vector<std::string> before = Before(job);
  for (const std::string& first : before) {
    const auto begun = co_await Ask(job, door, first, preview);
    if (!begun.ok()) co_return begun.status();
  }
  const auto counted = co_await Ask(job, door, job.met.count, preview);
  if (!counted.ok()) co_return counted.status();
  if (absl::Status taken = TakeCount(*counted, preview); !taken.ok()) co_return taken;
  const absl::Status sampled = co_await Sample(job, door, preview);
  if (!sampled.ok()) co_return sampled;
  // Under masks a plan may be refused: then there is none, and the rest stands.
  auto plan = co_await Ask(job, door, job.met.explain, preview);
  if (plan.ok()) {
    Add(*std::move(plan), *preview.mutable_plan_columns(), *preview.mutable_plan());
  } else {
    preview.add_masks(absl::StrCat("the plan: not shown, since ", text::ValidUtf8(std::string(plan.status().message()))));
  }
  co_return absl::OkStatus();
}

v1::ImpactPreview Missing(std::string_view why) {
  v1::ImpactPreview preview;
  preview.set_missing(text::ValidUtf8(why));
  preview.set_taken_at_unix_ms(absl::ToUnixMillis(approval::SteadyNow()));
  return preview;
}

tunnel::DoorRequest RequestFor(const Job& job) {
  tunnel::DoorRequest request;
  request.session_id = job.session_id;
  request.target = job.target;
  request.agent = job.facts.agent;
  request.task_id = job.task->id();
  request.capabilities = CapabilitiesForSmallQueries();
  request.collation = job.collation;
  request.schema = job.schema;
  request.open_timeout = job.services.options.open_timeout;
  request.attributes = {{"postern_session", job.session_id}, {"postern_preview", job.approval_id}};
  return request;
}

void RecordDoor(const Job& job, const tunnel::OpenedDoor& opened) {
  v1::Record record = NewRecord(job.session_id, job.task->id());
  v1::DoorOpened& event = *record.mutable_door_opened();
  event.set_relay(opened.relay);
  event.set_thread_id(opened.thread_id);
  *event.mutable_server() = opened.server;
  event.set_took_ms(static_cast<uint32_t>(absl::ToInt64Milliseconds(opened.took)));
  RecordLater(job.services.journal, record);
}

v1::Record OpenedRecord(const Job& job) {
  v1::Record record = NewRecord(job.session_id, job.task->id());
  v1::SessionOpened& opened = *record.mutable_session_opened();
  opened.set_agent("postern");
  opened.set_target(job.target);
  opened.set_identity_kind("preview");
  opened.set_identity_id(job.approval_id);
  opened.set_schema(text::ValidUtf8(job.schema));
  return record;
}

asio::awaitable<v1::ImpactPreview> TakeThrough(const Job& job, tunnel::Door& door) {
  const auto dialect = tunnel::DialectOf(door.opened().server, job.charset);
  if (!dialect || *dialect != job.dialect) co_return Missing("the session reads statements in another way than a new connection");
  Watchdog patience(co_await asio::this_coro::executor);
  patience.Arm(kLongest, [&door] { door.Close(); });
  v1::ImpactPreview preview;
  const absl::Status looked = co_await Look(job, door, preview);
  if (absl::IsCancelled(looked)) co_return Missing("it took too long");
  if (!looked.ok()) co_return Missing(std::string(looked.message()));
  preview.set_approximate(job.met.approximate);
  const absl::Time now = approval::SteadyNow();
  preview.set_taken_at_unix_ms(absl::ToUnixMillis(now));
  preview.set_stale_at_unix_ms(absl::ToUnixMillis(now + job.services.options.preview_max_age));
  co_return preview;
}

asio::awaitable<v1::ImpactPreview> Take(const Job& job) {
  v1::Record opened = OpenedRecord(job);
  const absl::Status recorded = co_await Record(job.services.journal, std::move(opened));
  if (!recorded.ok()) co_return Missing("it could not be recorded");
  tunnel::DoorRequest request = RequestFor(job);
  job.services.tasks.ExpectDoor(job.session_id, job.task);
  auto door = co_await job.services.relays.Open(std::move(request));
  v1::ImpactPreview preview;
  if (door.ok()) {
    job.services.tasks.CountDoor(job.session_id, (*door)->opened().relay);
    RecordDoor(job, (*door)->opened());
    preview = co_await TakeThrough(job, **door);
    (*door)->Close();
  } else {
    job.services.tasks.GiveUpDoor(job.session_id);
    preview = Missing(absl::StrCat("no connection: ", door.status().message()));
  }
  v1::Record closed = NewRecord(job.session_id, job.task->id());
  closed.mutable_session_closed()->set_reason("preview");
  RecordLater(job.services.journal, closed);
  co_return preview;
}

asio::awaitable<void> Run(std::unique_ptr<Job> job, std::unique_ptr<Slot> slot) {
  v1::ImpactPreview preview = co_await Take(*job);
  slot = nullptr;
  job->services.approvals.SetPreview(job->approval_id, std::move(preview));
}

// What a new connection would not have unless it is told. A SET NAMES is said there too.
std::string OtherSettings(const SessionState& s) {
  constexpr size_t kMost = 5;
  std::vector<std::string> names;
  for (const auto& [name, value] : s.settings) {
    if (name == kNames && value == kServersCollation) continue;
    if (names.size() < kMost) names.push_back(name);
  }
  return absl::StrJoin(names, ", ");
}

bool NamesSet(const SessionState& s) { return s.settings.contains(std::string(kNames)); }

}  // namespace

void BeginPreview(const SessionState& s, const Errand& errand, const std::string& approval_id) {
  if (!errand.decision.terms().preview) return;
  const std::string& forwarded = errand.record.forwarded().empty() ? errand.record.text() : errand.record.forwarded();
  const auto none = [&](std::string_view why) { s.services.approvals.SetPreview(approval_id, Missing(why)); };
  const sql::RowsMet met = sql::RowsMetBy(forwarded, errand.review.dialect, kCountUpTo + 1, kSampleRows);
  if (!met.why_not.empty()) return none(met.why_not);
  if (const std::string set = OtherSettings(s); !set.empty()) {
    return none(absl::StrCat("the session has settings of its own (", set, "), and by others it could meet other rows"));
  }
  auto slot = Slot::Take();
  if (slot == nullptr) return none("too many are being made at once");
  policy::SessionFacts facts = s.Facts();
  facts.default_schema = errand.record.schema();
  auto job = std::make_unique<Job>(Job{.services = s.services,
                                       .approval_id = approval_id,
                                       .session_id = ids::NewSessionId(),
                                       .task = s.login.task.task(),
                                       .target = s.login.target,
                                       .collation = s.login.collation,
                                       .charset = s.dialect.charset,
                                       .names_set = NamesSet(s),
                                       .schema = errand.record.schema(),
                                       .dialect = errand.review.dialect,
                                       .met = met,
                                       .facts = std::move(facts),
                                       .rules = errand.rules,
                                       .masks = policy::MasksWithoutExceptions(*errand.rules),
                                       .catalog = s.services.catalogs.Of(s.login.target),
                                       .key = s.mask_key});
  asio::co_spawn(s.channel->executor(), Run(std::move(job), std::move(slot)), asio::detached);
}

}  // namespace postern::frontend
