#include "gateway/gateway.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/server_context.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include "common/observability/log.h"
#include "common/tls/server_context.h"
#include "gateway/api/connections.h"
#include "gateway/api/first_look.h"
#include "gateway/approval/make_approvals.h"
#include "gateway/identity/reserved_names.h"
#include "gateway/journal_options.h"
#include "gateway/mask_secret.h"
#include "gateway/monitoring.h"
#include "gateway/policy/load_rules.h"
#include "gateway/recording/journal_key.h"
#include "gateway/store/sqlite/sqlite_approval_store.h"
#include "gateway/store/sqlite/sqlite_task_store.h"
#include "gateway/tasks/make_tasks.h"
#include "gateway/telling.h"

namespace postern {
namespace {

constexpr int kRsaBits = 2048;
constexpr absl::Duration kApiGrace = absl::Seconds(2);
// For the session index to be past what is deleted; else the next round tries again.
constexpr absl::Duration kIndexWait = absl::Seconds(5);
constexpr uint32_t kMostClosingSessions = 1000;
// Calls at once over a relay's connection that are no sessions: its control stream, catalogs, renewals.
constexpr uint32_t kCallsBesideSessions = 64;

tls::PemFiles PemFilesOf(const config::TlsFiles& files) {
  return {.certificate = files.certificate, .key = files.key, .ca = files.client_ca.value_or("")};
}

v1::Record NowRecord() {
  v1::Record record;
  record.set_at_unix_us(absl::ToUnixMicros(absl::Now()));
  return record;
}

std::vector<std::string> TargetNames(const config::GatewayConfig& config) {
  std::vector<std::string> names;
  for (const auto& [target, relays] : config.targets) names.push_back(target);
  return names;
}

api::ConnectionLimits LimitsOfConnections(const config::GatewayLimits& limits) {
  return {.connections = limits.api_connections,
          .per_source = limits.api_connections_per_source,
          .to_prove = limits.login_timeout};
}

approval::ApprovalLimits LimitsOfApprovals(const config::GatewayLimits& limits) {
  return {.pending = limits.held_statements,
          .pending_per_agent = limits.held_statements_per_agent,
          .statement_bytes = limits.approval_statement_bytes,
          .wait_max = limits.hold_wait_max,
          .history = limits.approval_history,
          .history_age = limits.approval_history_age};
}

}  // namespace

std::shared_ptr<asio::ssl::context> TlsInForce::Current() const {
  std::lock_guard lock(mutex_);
  return context_;
}

absl::Status TlsInForce::Load(const config::TlsFiles& files) {
  auto context = tls::ServerContext(PemFilesOf(files));
  if (!context.ok()) return context.status();
  std::lock_guard lock(mutex_);
  context_ = *std::move(context);
  return absl::OkStatus();
}

void Gateway::FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Gateway::Gateway(config::GatewayConfig config) : config_(std::move(config)), started_at_(absl::Now()) {}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(config::GatewayConfig config) {
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(config)));
  if (absl::Status stores = gateway->OpenStores(); !stores.ok()) return stores;
  if (absl::Status tasks = gateway->OpenTasks(); !tasks.ok()) return tasks;
  if (absl::Status ports = gateway->OpenPorts(); !ports.ok()) return ports;
  return gateway;
}

// What is on disk, and what reads it.
absl::Status Gateway::OpenStores() {
  const std::filesystem::path data_dir = config_.data_dir;
  auto rules = policy::LoadRules(config_.policy);
  if (!rules.ok()) return rules.status();
  policy_ = std::make_unique<policy::PolicyInForce>(*rules.value, absl::Now());
  auto policy_versions = store::PolicyVersions::Open(data_dir / "policies.db");
  if (!policy_versions.ok()) return policy_versions.status();
  policy_versions_ = *std::move(policy_versions);
  publisher_ = std::make_unique<publishing::PolicyPublisher>(config_.policy, *policy_, *policy_versions_);
  if (absl::Status kept = publisher_->KeepFirst(absl::Now()); !kept.ok()) return kept;

  if (absl::Status journal = OpenJournal(); !journal.ok()) return journal;
  counted_journal_ = std::make_unique<metrics::CountedJournal>(*journal_, metrics_);
  auto sessions = recording::SessionIndex::Open({.database = data_dir / "sessions.db"}, journal_.get());
  if (!sessions.ok()) return sessions.status();
  sessions_ = *std::move(sessions);
  if (auto closed = sessions_->CloseLeftOpen(); !closed.ok()) return closed.status();
  keeper_ = std::make_unique<recording::SegmentKeeper>(
      recording::KeeperOptions{.compress = config_.journal.compress,
                               .keep = config_.journal.keep,
                               .may_delete = [this] { return sessions_->WaitIndexed(kIndexWait).ok(); }},
      journal_.get());

  auto stream = StartStream(config_, *journal_);
  if (!stream.ok()) return stream.status();
  stream_ = *std::move(stream);

  auto mask_keys = LoadMaskKeys(data_dir);
  if (!mask_keys.ok()) return mask_keys.status();
  mask_keys_ = std::make_unique<masking::MaskKeys>(*std::move(mask_keys));

  auto authenticators = Authenticators::Open(config_.sqlite_path, [this] { EndUnproven(); }, [this](std::string_view kind) { metrics_.LoginFailed(kind); });
  if (!authenticators.ok()) return authenticators.status();
  authenticators_ = *std::move(authenticators);

  auto relay_identities = RelayIdentities::Open(config_);
  if (!relay_identities.ok()) return relay_identities.status();
  relay_identities_ = *std::move(relay_identities);

  v1::Record started = NowRecord();
  started.mutable_gateway_started()->set_version(POSTERN_VERSION);
  started.mutable_gateway_started()->set_policy_version(policy_->Version());
  return recording::AppendAndWait(*journal_, started);
}

// With whoever is told of its checkpoints.
absl::Status Gateway::OpenJournal() {
  if (absl::Status rotated = recording::FinishRotation(config_.journal.key, OptionsOfJournal(config_)); !rotated.ok()) {
    return rotated;
  }
  auto key = recording::LoadJournalKey(config_.journal.key, std::filesystem::path(config_.data_dir) / "journal.pub");
  if (!key.ok()) return key.status();
  const config::WitnessConfig& witness = config_.journal.witness;
  if (witness.file) witnesses_.push_back(std::make_unique<recording::Witness>(*witness.file, recording::ToFile(*witness.file)));
  if (!witness.url.empty()) {
    witnesses_.push_back(std::make_unique<recording::Witness>(witness.url, recording::ToUrl(witness.url, witness.ca)));
  }
  recording::JournalOptions options = OptionsOfJournal(config_);
  journal_key_ = (*key)->public_key();
  options.checkpoints.key = *std::move(key);
  options.checkpoints.witness = [this](const recording::Checkpoint& checkpoint) {
    for (const auto& one : witnesses_) one->Offer(checkpoint);
  };
  auto journal = recording::FileJournal::Open(std::move(options));
  if (!journal.ok()) return journal.status();
  journal_ = *std::move(journal);
  return absl::OkStatus();
}

// Who has a door open, and who may let them.
absl::Status Gateway::OpenTasks() {
  auto approval_store = store::SqliteApprovalStore::Open(std::filesystem::path(config_.data_dir) / "approvals.db");
  if (!approval_store.ok()) return approval_store.status();
  approval_store_ = *std::move(approval_store);
  notifier_ = MakeNotifier(config_, metrics_);
  approval::Approvals::Watcher watcher;
  if (notifier_ != nullptr) {
    watcher = [this](const v1::Approval& approval) {
      // What the gateway asks for to verify itself it takes back by itself.
      if (!identity::IsReservedName(approval.agent())) notifier_->Offer(approval);
    };
  }
  auto approvals = approval::RestoreApprovals(*counted_journal_, *approval_store_, LimitsOfApprovals(config_.limits), std::move(watcher));
  if (!approvals.ok()) return approvals.status();
  approvals_ = *std::move(approvals);
  live_ = std::make_unique<frontend::LiveSessions>(frontend::SessionLimits{
      .sessions = config_.limits.sessions, .sessions_per_agent = config_.limits.sessions_per_agent});
  auto store = store::SqliteTaskStore::Open(std::filesystem::path(config_.data_dir) / "tasks.db");
  if (!store.ok()) return store.status();
  task_store_ = *std::move(store);
  const std::vector<std::string> targets = TargetNames(config_);
  auto tasks = tasks::MakeTasks(
      {.store = *task_store_,
       .journal = *counted_journal_,
       .approvals = *approvals_,
       .policy = *policy_,
       .targets = {targets.begin(), targets.end()},
       .end_sessions = [live = live_.get()](const std::string& id, const std::string& reason) { live->EndByTask(id, reason); },
       // What this process started for itself nobody outside can take back.
       .still_valid =
           [one = authenticators_.get()](const identity::Principal& who) { return who.identity_kind == identity::kVerification || one->Vouch(who); }},
      {.tasks = config_.limits.tasks, .tasks_per_agent = config_.limits.tasks_per_agent});
  if (!tasks.ok()) return tasks.status();
  tasks_ = *std::move(tasks);
  authenticators_->Complete(*tasks_, *relay_identities_);
  // Doors of an earlier life, the proofs of which are still to come.
  v1::ListSessionsRequest closing;
  closing.set_state(v1::Session::STATE_CLOSING);
  closing.set_limit(kMostClosingSessions);
  auto sessions = sessions_->List(closing);
  if (!sessions.ok()) return sessions.status();
  for (const v1::Session& session : *sessions) {
    if (!session.task().id().empty()) tasks_->ExpectProof(session.id(), session.task().id());
  }
  return absl::OkStatus();
}

// What listens, and what it serves with.
absl::Status Gateway::OpenPorts() {
  if (config_.mysql.tls) {
    if (absl::Status tls = tls_.Load(*config_.mysql.tls); !tls.ok()) return tls;
  }
  if (config_.mysql.insecure_loopback) rsa_key_.reset(EVP_RSA_gen(kRsaBits));

  close_proofs_ = std::make_unique<CloseProofs>(*counted_journal_, *tasks_);
  catalogs_ = std::make_unique<catalog::Catalogs>(
      TargetNames(config_), catalog::CatalogLimits{.bytes = config_.limits.catalog_bytes},
      [this](const std::string& target) { return relays_->RefreshCatalog(target); });
  relays_ = tunnel::MakeRelays(config_.targets, *close_proofs_,
                               {.relays = config_.limits.relays,
                                .catalogs = catalogs_.get(),
                                .catalog_timeout = config_.limits.catalog_timeout,
                                .peer_name = [this](const grpc::ServerContextBase& call) { return RelayOf(call); },
                                .also_granted = [this](const std::string& relay, const std::string& target) {
                                  return relay_identities_->enrolment().MayServe(relay, target);
                                }});
  OpenVerification();
  api_connections_ = std::make_unique<api::Connections>(LimitsOfConnections(config_.limits));
  api_services_ = std::make_unique<api::ApiServices>(api::ApiParts{.connections = *api_connections_,
                                                                   .authenticator = authenticators_->people(),
                                                                   .tokens = authenticators_->tokens(),
                                                                   .approvals = *approvals_,
                                                                   .tasks = *tasks_,
                                                                   .mysql = [this] { return MysqlAddress(); },
                                                                   .sessions = *sessions_,
                                                                   .journal = *counted_journal_,
                                                                   .live = *live_,
                                                                   .relays = *relays_,
                                                                   .catalogs = *catalogs_,
                                                                   .policy = *policy_,
                                                                   .publisher = *publisher_,
                                                                   .enrolment = relay_identities_->enrolment(),
                                                                   .verification = *verification_,
                                                                   .reload = [this] { return Reload(); },
                                                                   .started_at = started_at_,
                                                                   .approval_watchers = config_.limits.approval_watchers});
  auto grpc_services = api_services_->All();
  grpc_services.push_back(relays_->service());
  auto server = api::ApiServer::Start({.host = config_.api.listen.host,
                                       .port = config_.api.listen.port,
                                       .certificate = config_.api.tls.certificate,
                                       .key = config_.api.tls.key,
                                       .client_ca = relay_identities_->authorities_file(),
                                       .message_bytes = config_.limits.rpc_message_bytes,
                                       .streams_per_connection = static_cast<int>(config_.limits.sessions + kCallsBesideSessions),
                                       .buffer_bytes = config_.limits.rpc_buffer_bytes},
                                      *api_connections_,
                                      std::make_shared<api::FirstLook>(authenticators_->bearers(), config_.limits.unproven_calls, config_.limits.login_timeout),
                                      grpc_services);
  if (!server.ok()) return server.status();
  api_server_ = *std::move(server);

  session_options_ = OptionsOfSessions();
  services_ = std::make_unique<frontend::Services>(frontend::Services{.options = session_options_,
                                                                      .authenticator = authenticators_->agents(),
                                                                      .policy = *policy_,
                                                                      .approvals = *approvals_,
                                                                      .journal = *counted_journal_,
                                                                      .relays = *relays_,
                                                                      .catalogs = *catalogs_,
                                                                      .mask_keys = *mask_keys_,
                                                                      .tasks = *tasks_,
                                                                      .live = *live_,
                                                                      .tls = [this] { return tls_.Current(); },
                                                                      .rsa_key = rsa_key_.get()});
  const uint32_t processors = std::max(1U, std::thread::hardware_concurrency());
  threads_ = std::make_unique<net::IoThreads>(config_.threads == 0 ? processors : config_.threads);
  listener_ = std::make_unique<frontend::Listener>(*threads_, *services_, config_.limits.pending_logins);
  if (absl::Status used = authenticators_->Use(config_); !used.ok()) return used;
  if (absl::Status opened = OpenConsole(); !opened.ok()) return opened;
  if (absl::Status started = listener_->Start(config_.mysql.listen.host, config_.mysql.listen.port); !started.ok()) return started;
  mysql_port_ = listener_->port();
  if (absl::Status monitored = OpenMonitoring(); !monitored.ok()) return monitored;
  verification_->Start();
  return absl::OkStatus();
}

absl::Status Gateway::OpenMonitoring() {
  if (!config_.metrics) return absl::OkStatus();
  auto listener = ListenForMonitoring(*config_.metrics, metrics_, [this] { return Now(); });
  if (listener.ok()) monitoring_ = *std::move(listener);
  return listener.status();
}

metrics::Now Gateway::Now() const {
  metrics::Now now{.sessions = live_->size(), .doors = relays_->open_doors(), .held = approvals_->pending(), .journal_writable = journal_->Health().ok()};
  Describe(notifier_.get(), stream_.get(), now);
  for (const v1::RelayStatus& relay : relays_->RelayStatuses()) now.connected.insert(relay.name());
  now.relays = now.connected;
  for (const auto& [target, relays] : config_.targets) now.relays.insert(relays.begin(), relays.end());
  for (const v1::EnrolledRelay& relay : relay_identities_->enrolment().List()) now.relays.insert(relay.name());
  return now;
}

absl::Status Gateway::OpenConsole() {
  if (!config_.console) return absl::OkStatus();
  if (absl::Status tls = LoadConsoleTls(); !tls.ok()) return tls;
  console::Console::TlsSource source;
  if (!config_.console->plain()) source = [this] { return console_tls_.Current(); };
  auto console = console::Console::Start(*config_.console, api_server_->InProcess(), std::move(source));
  if (console.ok()) console_ = *std::move(console);
  return console.status();
}

absl::Status Gateway::LoadConsoleTls() {
  if (!config_.console || config_.console->plain()) return absl::OkStatus();
  return console_tls_.Load({.certificate = config_.console->certificate, .key = config_.console->key});
}

frontend::FrontendOptions Gateway::OptionsOfSessions() const {
  const config::GatewayLimits& limits = config_.limits;
  frontend::FrontendOptions options;
  options.server_version = config_.mysql.server_version;
  options.insecure_loopback = config_.mysql.insecure_loopback;
  for (const auto& [target, relays] : config_.targets) options.targets.insert(target);
  options.handshake_bytes = limits.handshake_bytes;
  options.packet_bytes = limits.packet_bytes;
  options.sql = {.max_bytes = limits.statement_bytes,
                 .max_tokens = limits.parse_tokens,
                 .max_depth = limits.parse_depth,
                 .max_statements = limits.batch_statements};
  options.prepared_statements = limits.prepared_statements;
  options.parameter_bytes = limits.parameter_bytes;
  options.login_timeout = limits.login_timeout;
  options.open_timeout = limits.open_timeout;
  options.statement_timeout = limits.statement_timeout;
  options.write_timeout = limits.write_timeout;
  options.idle_timeout = limits.idle_timeout;
  options.hold_wait_max = limits.hold_wait_max;
  options.catalog_max_age = limits.catalog_max_age;
  options.preview_max_age = limits.preview_max_age;
  return options;
}

absl::StatusOr<std::string> Gateway::RelayOf(const grpc::ServerContextBase& call) {
  absl::StatusOr<std::string> name = relay_identities_->NameOf(call);
  if (name.ok()) api_connections_->Prove(call.peer());
  return name;
}

// Every address has no name that an agent could call.
api::MysqlAddress Gateway::MysqlAddress() const {
  const std::string& host = config_.mysql.listen.host;
  const bool everywhere = host.empty() || host == "0.0.0.0" || host == "::";
  return {.host = everywhere ? "" : host, .port = mysql_port_};
}

void Gateway::EndUnproven() {
  live_->EndUnproven("revoked");
  api_services_->EndUnproven();
  tasks_->Doubt();
}

// Of gateway.yaml only who is believed; the rest counts from the next start on. It must be good as a whole all the same.
absl::Status Gateway::ReloadIdentity() {
  auto config = config::LoadGatewayConfig(config_.file);
  if (config.ok()) return authenticators_->Use(*config.value);
  // A revocation list counts whatever else is wrong.
  absl::Status read = authenticators_->ReadAgain();
  read.Update(config.status());
  return read;
}

absl::Status Gateway::Reload() {
  // One at a time: what was read first must not come into force last.
  std::lock_guard lock(reload_mutex_);
  absl::Status tls = config_.mysql.tls ? tls_.Load(*config_.mysql.tls) : absl::OkStatus();
  tls.Update(LoadConsoleTls());
  tls.Update(relay_identities_->WriteAuthorities());
  absl::Status rules = publisher_->Reload(absl::Now());
  absl::Status identity = ReloadIdentity();
  if (!tls.ok()) log::Error("certificates not reloaded: the old ones stay in force", {{"error", tls}});
  if (!rules.ok()) log::Error("policy not reloaded: the old one stays in force", {{"error", rules}});
  if (!identity.ok()) log::Error("issuers not reloaded: the old ones stay in force", {{"error", identity}});
  if (rules.ok()) log::Info("policy in force", {{"version", policy_->Version()}});
  rules.Update(tls);
  rules.Update(identity);
  return rules;
}

void Gateway::Tidy() {
  if (absl::Status saved = authenticators_->tokens().SaveLastUsed(); !saved.ok()) {
    log::Warning("last-used times of tokens not saved", {{"error", saved}});
  }
  if (absl::Status written = relay_identities_->WriteAuthorities(); !written.ok()) {
    log::Warning("authorities of relays not read again", {{"error", written}});
  }
}

void Gateway::Stop(const std::string& reason) {
  if (std::exchange(stopped_, true) || listener_ == nullptr) return;
  monitoring_.reset();
  verification_->Stop();
  listener_->Stop();
  authenticators_->Stop();
  live_->EndAll("shutdown");
  const absl::Time deadline = absl::Now() + config_.limits.shutdown_timeout;
  while (listener_->connections() > 0 && absl::Now() < deadline) {
    live_->EndAll("shutdown");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  tasks_->Tend();
  if (console_ != nullptr) console_->Stop();
  api_services_->EndStreams();
  catalogs_->Shutdown();
  relays_->Shutdown();
  api_server_->Shutdown(kApiGrace);
  threads_->Stop();
  authenticators_->Forget();
  v1::Record record = NowRecord();
  record.mutable_gateway_stopped()->set_reason(reason);
  if (absl::Status recorded = recording::AppendAndWait(*journal_, record); !recorded.ok()) {
    log::Error("the gateway's stop could not be recorded", {{"error", recorded}});
  }
}

Gateway::~Gateway() { Stop("error"); }

}  // namespace postern
