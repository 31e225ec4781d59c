#include "relay-agent/link/relay.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "common/observability/log.h"

namespace postern::relay {
namespace {

constexpr size_t kFetchingThreads = 4;
constexpr absl::Duration kReturnPatience = absl::Seconds(5);

// The target's role is one of the target's account.
std::string RoleOf(const Target& target, const std::string& agent) {
  const auto own = target.agents.find(agent);
  if (own == target.agents.end()) return target.role;
  return own->second.role.empty() && own->second.credential == nullptr ? target.role : own->second.role;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Relay>> Relay::Start(RelayOptions options) {
  absl::StatusOr<Ledger> ledger = Ledger::Open(options.ledger_folder);
  if (!ledger.ok()) return ledger.status();
  absl::StatusOr<LeaseLedger> leases = LeaseLedger::Open(options.lease_folder);
  if (!leases.ok()) return leases.status();
  std::unique_ptr<Relay> relay(new Relay(std::move(options), *std::move(ledger), *std::move(leases)));
  relay->SweepLeases();
  relay->Sweep();
  for (const auto& [gateway, link] : relay->links_) link->Start();
  relay->prober_ = std::thread([raw = relay.get()] { raw->ProbeFromTimeToTime(); });
  return relay;
}

Relay::Relay(RelayOptions options, Ledger ledger, LeaseLedger leases)
    : options_(std::move(options)),
      ledger_(std::move(ledger)),
      leases_(std::move(leases)),
      keeper_(leases_),
      threads_(std::max<size_t>(options_.threads, 1)),
      fetching_(kFetchingThreads) {
  for (const auto& [name, target] : options_.targets) {
    AddAccount({name, ""}, target.credential);
    for (const auto& [agent, account] : target.agents) {
      if (account.credential != nullptr) AddAccount({name, agent}, account.credential);
    }
    reporters_[name] = std::make_unique<CatalogReporter>(target, *accounts_.at({name, ""}), options_.catalog);
  }
  for (const std::string& gateway : options_.gateways) {
    LinkDuties& duties = *this;
    links_[gateway] =
        std::make_shared<GatewayLink>(threads_.Next().get_executor(), gateway, duties, options_.link);
  }
}

void Relay::AddAccount(const AccountKey& key, const std::shared_ptr<CredentialSource>& source) {
  const auto& [target, agent] = key;
  const std::string name = agent.empty() ? target : absl::StrCat(target, "/", agent);
  accounts_[key] = std::make_unique<Account>(name, source, &keeper_);
  closers_[key] = std::make_unique<Closer>(
      options_.targets.at(target), *accounts_[key],
      [this](const DoorRecord& door, v1::CloseProof proof) { OnProof(door, std::move(proof)); },
      [this, target = target](uint64_t thread) { return doors_.IsLive(target, thread); }, options_.closing);
}

Relay::AccountKey Relay::AccountOf(const Target& target, const std::string& agent) const {
  return accounts_.count({target.name, agent}) > 0 ? AccountKey{target.name, agent} : AccountKey{target.name, ""};
}

Relay::~Relay() { Stop(absl::ZeroDuration()); }

void Relay::Stop(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  {
    std::unique_lock lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    changed_.notify_all();
  }
  prober_.join();
  doors_.CloseAll();
  const auto settled = [&] {
    size_t unproven = doors_.size() + outbox_.size();
    for (const auto& [name, closer] : closers_) unproven += closer->pending();
    return unproven == 0;
  };
  {
    std::unique_lock lock(mutex_);
    // Doors leave their list without a word, so look now and then as well.
    while (!settled() && absl::Now() < deadline) changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  std::vector<std::shared_future<void>> ended;
  for (const auto& [gateway, link] : links_) ended.push_back(link->Stop());
  for (const auto& future : ended) future.wait();
  // Doors that are still there end with their streams; their coroutines must be over before the threads are.
  doors_.CloseAll();
  const absl::Time last = absl::Now() + absl::Seconds(2);
  while (doors_.size() > 0 && absl::Now() < last) absl::SleepFor(absl::Milliseconds(5));
  reporters_.clear();
  closers_.clear();
  // Before the executors on which sessions wait for them.
  fetching_.join();
  threads_.Stop();
  accounts_.clear();
  if (!keeper_.Settle(kReturnPatience)) log::Warning("leases not given back are left for the next start");
}

void Relay::SweepLeases() {
  LeaseLedger::Found found = leases_.ReadAll();
  for (const std::string& file : found.unreadable) log::Warning("lease unreadable", {{"file", file}});
  for (const LeaseRecord& record : found.records) {
    const auto account = std::find_if(accounts_.begin(), accounts_.end(),
                                      [&](const auto& one) { return one.second->name() == record.account; });
    if (account == accounts_.end()) {
      log::Warning("lease of an account that is not configured", {{"account", record.account}});
      continue;
    }
    log::Warning("lease left by an earlier run", {{"account", record.account}});
    keeper_.GiveBackFound(record, account->second->source());
  }
}

void Relay::Sweep() {
  Ledger::Found found = ledger_.ReadAll();
  for (const std::string& file : found.unreadable) log::Warning("ledger entry unreadable", {{"file", file}});
  for (DoorRecord& record : found.records) {
    const auto closer = closers_.find({record.target, record.account});
    if (closer == closers_.end()) {
      log::Warning("ledger entry of a target that is not configured",
                   {{"session", record.session_id}, {"target", record.target}});
      continue;
    }
    log::Warning("door left open by an earlier run", {{"session", record.session_id}, {"thread", record.thread_id}});
    closer->second->Prove(std::move(record), nullptr);
  }
}

void Relay::OnProof(const DoorRecord& door, v1::CloseProof proof) {
  log::Info("door closed", {{"session", proof.session_id()}, {"thread", proof.thread_id()},
                            {"state", v1::CloseProof::State_Name(proof.state())}, {"took_ms", proof.took_ms()}});
  if (links_.count(door.gateway) == 0) {
    // Nobody is left to confirm it.
    if (proof.state() != v1::CloseProof::STATE_UNPROVEN) ledger_.Remove(door.session_id, door.thread_id);
    return;
  }
  if (!outbox_.Put(door.gateway, proof)) {
    log::Error("proof of close kept for the next start: too many unconfirmed", {{"session", proof.session_id()}});
  }
  v1::RelayEvent event;
  *event.mutable_close_proof() = std::move(proof);
  Send(door.gateway, std::move(event));
  changed_.notify_all();
}

void Relay::OnProofReceived(const std::string& gateway, const v1::CloseProofReceived& received) {
  outbox_.Confirm(gateway, received.session_id(), received.thread_id());
  ledger_.Remove(received.session_id(), received.thread_id());
  changed_.notify_all();
}

bool Relay::Send(const std::string& gateway, v1::RelayEvent event) {
  const auto link = links_.find(gateway);
  return link != links_.end() && link->second->Send(std::move(event));
}

v1::Hello Relay::Introduction() {
  v1::Hello hello;
  hello.set_version(POSTERN_VERSION);
  for (const auto& [name, target] : options_.targets) hello.add_targets(name);
  return hello;
}

void Relay::OnWelcome(const std::string& gateway) {
  OnResend(gateway);
  std::vector<v1::TargetReport> reports;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [target, report] : reports_) reports.push_back(report);
  }
  for (v1::TargetReport& report : reports) {
    v1::RelayEvent event;
    *event.mutable_target_report() = std::move(report);
    Send(gateway, std::move(event));
  }
  for (const auto& [name, target] : options_.targets) ProbeTarget(name);
}

void Relay::OnResend(const std::string& gateway) {
  for (v1::CloseProof& proof : outbox_.Of(gateway)) {
    v1::RelayEvent event;
    *event.mutable_close_proof() = std::move(proof);
    Send(gateway, std::move(event));
  }
}

void Relay::OnLost(const std::string& gateway) {
  // Nobody can say any more what these sessions may do.
  doors_.CloseOf(gateway);
  for (const auto& [target, reporter] : reporters_) reporter->Forget(gateway);
}

void Relay::OnOpen(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                   v1::OpenSession request) {
  const std::string session_id = request.session_id();
  absl::Status admitted = Admit(gateway, channel, std::move(request));
  if (admitted.ok()) return;
  log::Warning("door refused", {{"session", session_id}, {"reason", admitted}});
  v1::RelayEvent event;
  event.mutable_open_refused()->set_session_id(session_id);
  event.mutable_open_refused()->set_error(std::string(admitted.message()));
  Send(gateway, std::move(event));
}

absl::Status Relay::Admit(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                          v1::OpenSession request) {
  const auto target = options_.targets.find(request.target());
  if (target == options_.targets.end()) return absl::NotFoundError("the relay does not know this target");
  if (!IsSessionId(request.session_id())) return absl::InvalidArgumentError("not a session id");
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::UnavailableError("the relay is stopping");
  }
  const std::string session_id = request.session_id();
  const asio::any_io_executor executor = threads_.Next().get_executor();
  const AccountKey account = AccountOf(target->second, request.agent());
  const DoorSession::Surroundings around{target->second, *accounts_.at(account), account.second,
                                         RoleOf(target->second, request.agent()), fetching_, doors_, ledger_, *closers_.at(account)};
  auto session = std::make_shared<DoorSession>(executor, around, gateway, channel, std::move(request));
  std::weak_ptr<DoorSession> weak = session;
  const auto close = [weak] {
    if (const auto alive = weak.lock()) alive->Close();
  };
  absl::Status added = doors_.Add(session_id, {target->first, account.second, gateway, close}, target->second.max_doors);
  if (!added.ok()) return added;
  asio::co_spawn(executor, session->Run(), [this, session, session_id](std::exception_ptr failure) {
    if (failure) OnDoorFailed(*session, session_id, failure);
  });
  return absl::OkStatus();
}

// The session's code throws nothing; memory that is used up does. Its slot must not be lost, nor its thread go unproven.
void Relay::OnDoorFailed(DoorSession& session, const std::string& session_id, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log::Error("a door ended by an exception", {{"session", session_id}, {"error", error.what()}});
  } catch (...) {
    log::Error("a door ended by an exception", {{"session", session_id}});
  }
  session.Close();
  doors_.Remove(session_id);
}

void Relay::OnKill(const std::string& gateway, const v1::KillSession& request) {
  const auto answer = [this, gateway, id = request.request_id()](const absl::Status& status) {
    v1::RelayEvent event;
    event.mutable_kill_result()->set_request_id(id);
    event.mutable_kill_result()->set_done(status.ok());
    event.mutable_kill_result()->set_error(std::string(status.message()));
    Send(gateway, std::move(event));
  };
  const std::optional<Doors::Entry> door = doors_.Find(request.session_id());
  if (!door || door->gateway != gateway || door->thread_id == 0) {
    return answer(absl::NotFoundError("the session has no open door"));
  }
  closers_.at({door->target, door->account})->Kill(door->thread_id, request.scope(), door->lent, answer);
}

void Relay::OnRefreshCatalog(const std::string& gateway, const std::shared_ptr<grpc::Channel>& channel,
                             const v1::RefreshCatalog& request) {
  const auto reporter = reporters_.find(request.target());
  if (reporter != reporters_.end()) reporter->second->Want(gateway, channel, request);
}

void Relay::ProbeTarget(const std::string& target) {
  closers_.at({target, ""})->RunWhenFree([this, target](SecondConnection& connection) {
    ProbeResult result = Probe(target, connection);
    result.report.mutable_server()->set_default_schema(options_.targets.at(target).database);
    OnProbed(std::move(result));
  });
}

void Relay::OnProbed(ProbeResult result) {
  const std::string target = result.report.target();
  bool warn = false;
  bool changed = false;
  {
    std::lock_guard lock(mutex_);
    v1::TargetReport& known = reports_[target];
    changed = known.reachable() != result.report.reachable();
    known = result.report;
    warn = result.report.reachable() && warned_grants_[target] != result.dangerous_grants;
    if (warn) warned_grants_[target] = result.dangerous_grants;
  }
  if (changed && result.report.reachable()) {
    log::Info("database reached", {{"target", target}, {"version", result.report.server().version()}});
  } else if (!result.report.reachable()) {
    log::Warning("database not reached", {{"target", target}, {"error", result.report.error()}});
  }
  if (warn && !result.dangerous_grants.empty()) {
    log::Warning("the relay's database user may do more than agents should stand on",
                 {{"target", target}, {"grants", absl::StrJoin(result.dangerous_grants, ", ")}});
  }
  for (const auto& [gateway, link] : links_) {
    v1::RelayEvent event;
    *event.mutable_target_report() = result.report;
    link->Send(std::move(event));
  }
}

void Relay::ProbeFromTimeToTime() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    for (const auto& [name, target] : options_.targets) ProbeTarget(name);
    lock.lock();
    const absl::Time next = absl::Now() + options_.probe_interval;
    while (!stopping_ && absl::Now() < next) changed_.wait_for(lock, absl::ToChronoMilliseconds(next - absl::Now()));
  }
}

}  // namespace postern::relay
