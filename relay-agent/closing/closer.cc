#include "relay-agent/closing/closer.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <mysql.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace postern::relay {
namespace {

constexpr absl::Duration kFirstLook = absl::Milliseconds(2);
constexpr absl::Duration kLongestWait = absl::Milliseconds(250);
constexpr absl::Duration kReconnectWait = absl::Milliseconds(500);
// Uptime comes in whole seconds, and clocks are read at two moments.
constexpr absl::Duration kStartSlack = absl::Seconds(3);
constexpr size_t kThreadsPerLook = 500;
// The gateway gives a kill up after seconds; this many would take longer.
constexpr size_t kMaxKills = 1024;

// What SHOW PROCESSLIST says of a thread that runs nothing.
bool IsBusy(const std::string& command) { return command != "Sleep" && command != "Quit" && command != "Killed"; }

// MySQL says that it will drop the first table one day, and has the second since 8.0.22.
absl::StatusOr<std::vector<SecondConnection::Row>> LookUp(SecondConnection& connection, const std::string& ids) {
  absl::StatusOr<std::vector<SecondConnection::Row>> rows(absl::UnavailableError(""));
  for (const char* table : {"information_schema.PROCESSLIST", "performance_schema.processlist"}) {
    rows = connection.Query(absl::StrCat("SELECT ID, USER, COMMAND FROM ", table, " WHERE ID IN (", ids, ")"));
    if (rows.status().code() != absl::StatusCode::kAborted) break;
  }
  return rows;
}

// Without the privilege PROCESS, threads of other users look as if they were gone.
bool CanSee(SecondConnection& connection, const DoorRecord& door) {
  if (door.user.empty() || door.user == connection.user()) return true;
  absl::StatusOr<bool> everybody = connection.SeesEverybody();
  return everybody.ok() && *everybody;
}

}  // namespace

Closer::Closer(Target target, Account& account, OnProof on_proof, IsLive is_live, ClosingPatience patience)
    : target_(std::move(target)),
      on_proof_(std::move(on_proof)),
      is_live_(std::move(is_live)),
      patience_(patience),
      connection_(target_, account),
      thread_([this] { Work(); }) {}

Closer::~Closer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Closer::Prove(DoorRecord door, std::shared_ptr<Login> lent) {
  const absl::Time now = absl::Now();
  std::lock_guard lock(mutex_);
  pending_.push_back({std::move(door), std::move(lent), now, now + kFirstLook, false, {}});
  wake_.notify_all();
}

void Closer::Kill(uint64_t thread_id, v1::KillSession::Scope scope, std::shared_ptr<Login> lent,
                  absl::AnyInvocable<void(absl::Status)> done) {
  const char* const verb = scope == v1::KillSession::SCOPE_QUERY ? "KILL QUERY " : "KILL ";
  {
    std::lock_guard lock(mutex_);
    if (kills_.size() < kMaxKills) {
      kills_.push_back({absl::StrCat(verb, thread_id), std::move(lent), std::move(done)});
      wake_.notify_all();
      return;
    }
  }
  done(absl::ResourceExhaustedError("too many kills wait for this database"));
}

void Closer::RunWhenFree(Chore chore) {
  std::lock_guard lock(mutex_);
  if (chore_) return;
  chore_ = std::move(chore);
  wake_.notify_all();
}

size_t Closer::pending() const {
  std::lock_guard lock(mutex_);
  return pending_.size() + looking_at_;
}

void Closer::Work() {
  mysql_thread_init();
  absl::Time last_use = absl::Now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    if (KillNext(lock) || LookAtDue(lock, now) || DoChore(lock)) {
      last_use = absl::Now();
    } else if (connection_.connected() && now >= last_use + patience_.idle) {
      lock.unlock();
      connection_.Disconnect();
      lock.lock();
    } else {
      Sleep(lock, now, last_use);
    }
  }
  lock.unlock();
  connection_.Disconnect();
  mysql_thread_end();
}

bool Closer::KillNext(std::unique_lock<std::mutex>& lock) {
  if (kills_.empty()) return false;
  PendingKill kill = std::move(kills_.front());
  kills_.pop_front();
  lock.unlock();
  kill.done(ConnectionFor(kill.lent).Execute(kill.sql));
  kill.lent = nullptr;
  DropLentConnections();
  lock.lock();
  return true;
}

bool Closer::LookAtDue(std::unique_lock<std::mutex>& lock, absl::Time now) {
  const auto is_due = [&](const Pending& pending) { return pending.next_look <= now; };
  const auto any_due = std::find_if(pending_.begin(), pending_.end(), is_due);
  if (any_due == pending_.end()) return false;
  const auto first_due = std::partition(pending_.begin(), pending_.end(), [&, lent = any_due->lent](const Pending& pending) {
    return !is_due(pending) || pending.lent != lent;
  });
  std::vector<Pending> due(std::make_move_iterator(first_due), std::make_move_iterator(pending_.end()));
  pending_.erase(first_due, pending_.end());
  if (due.size() > kThreadsPerLook) {
    pending_.insert(pending_.end(), std::make_move_iterator(due.begin() + kThreadsPerLook), std::make_move_iterator(due.end()));
    due.resize(kThreadsPerLook);
  }
  looking_at_ = due.size();
  lock.unlock();
  Look(due);
  lock.lock();
  looking_at_ = 0;
  std::move(unsettled_.begin(), unsettled_.end(), std::back_inserter(pending_));
  unsettled_.clear();
  lock.unlock();
  due.clear();
  DropLentConnections();
  lock.lock();
  return true;
}

SecondConnection& Closer::ConnectionFor(const std::shared_ptr<Login>& lent) {
  if (lent == nullptr) return connection_;
  std::unique_ptr<SecondConnection>& connection = lent_connections_[lent];
  if (connection == nullptr) connection = std::make_unique<SecondConnection>(target_, lent);
  return *connection;
}

void Closer::DropLentConnections() {
  if (lent_connections_.empty()) return;
  std::set<std::shared_ptr<Login>> needed;
  {
    std::lock_guard lock(mutex_);
    for (const Pending& pending : pending_) needed.insert(pending.lent);
    for (const PendingKill& kill : kills_) needed.insert(kill.lent);
  }
  std::erase_if(lent_connections_, [&](const auto& connection) { return needed.count(connection.first) == 0; });
}

bool Closer::DoChore(std::unique_lock<std::mutex>& lock) {
  if (!chore_) return false;
  Chore chore = std::exchange(chore_, nullptr);
  lock.unlock();
  chore(connection_);
  lock.lock();
  return true;
}

void Closer::Sleep(std::unique_lock<std::mutex>& lock, absl::Time now, absl::Time last_use) {
  absl::Time until = connection_.connected() ? last_use + patience_.idle : absl::InfiniteFuture();
  for (const Pending& pending : pending_) until = std::min(until, pending.next_look);
  if (until == absl::InfiniteFuture()) {
    wake_.wait(lock);
  } else {
    wake_.wait_for(lock, absl::ToChronoMicroseconds(until - now));
  }
}

void Closer::Look(std::vector<Pending>& due) {
  std::string ids;
  for (const Pending& pending : due) absl::StrAppend(&ids, ids.empty() ? "" : ",", pending.door.thread_id);
  SecondConnection& connection = ConnectionFor(due.front().lent);
  absl::StatusOr<SecondConnection::Server> server = connection.WhoIsThere();
  absl::StatusOr<std::vector<SecondConnection::Row>> rows(absl::UnavailableError(""));
  if (server.ok()) rows = LookUp(connection, ids);
  const absl::Time now = absl::Now();
  if (!server.ok() || !rows.ok()) {
    for (Pending& pending : due) TryLater(pending, now, server.ok() ? rows.status() : server.status());
    return;
  }
  std::map<uint64_t, const SecondConnection::Row*> found;
  for (const SecondConnection::Row& row : *rows) {
    uint64_t id = 0;
    if (row.size() == 3 && absl::SimpleAtoi(row[0].value_or(""), &id)) found[id] = &row;
  }
  for (Pending& pending : due) {
    if (server->started_at > pending.door.opened_at + kStartSlack) {
      // A server that was restarted since has none of its old threads; an equal number is somebody else's.
      Conclude(pending, v1::CloseProof::STATE_GONE, "");
    } else if (!pending.door.server_identity.empty() && server->identity != pending.door.server_identity) {
      TryLater(pending, now, absl::UnavailableError("the second connection reaches another server"));
    } else if (!CanSee(connection, pending.door)) {
      // What it was lent is gone: nobody here can log in as that user any more.
      Conclude(pending, v1::CloseProof::STATE_UNPROVEN, "the thread's user is another than the relay's, which may not look others up");
    } else {
      const auto row = found.find(pending.door.thread_id);
      Judge(pending, row == found.end() ? nullptr : row->second, now);
    }
  }
}

void Closer::Judge(Pending& pending, const SecondConnection::Row* found, absl::Time now) {
  const bool is_ours = found != nullptr && (pending.door.user.empty() || (*found)[1].value_or("") == pending.door.user) &&
                       !is_live_(pending.door.thread_id);
  if (is_ours) return Linger(pending, now, IsBusy((*found)[2].value_or("")));
  Conclude(pending, pending.killed ? v1::CloseProof::STATE_KILLED : v1::CloseProof::STATE_GONE, "");
}

void Closer::Linger(Pending& pending, absl::Time now, bool busy) {
  if (pending.killed && now - pending.killed_at > patience_.after_kill) {
    return Conclude(pending, v1::CloseProof::STATE_UNPROVEN, "the thread is still there after it was killed");
  }
  if (!pending.killed && (busy || now - pending.closed_at > patience_.before_kill)) {
    absl::Status killed = ConnectionFor(pending.lent).Execute(absl::StrCat("KILL ", pending.door.thread_id));
    // "No such thread" is what we hope for; the next look tells.
    if (!killed.ok() && killed.code() != absl::StatusCode::kAborted) return TryLater(pending, now, killed);
    pending.killed = true;
    pending.killed_at = now;
    pending.next_look = now + kFirstLook;
  } else {
    const absl::Duration since = now - std::max(pending.closed_at, pending.killed_at);
    pending.next_look = now + std::clamp(since / 2, kFirstLook, kLongestWait);
  }
  unsettled_.push_back(std::move(pending));
}

void Closer::TryLater(Pending& pending, absl::Time now, const absl::Status& why) {
  if (now - pending.closed_at > patience_.unreachable) {
    return Conclude(pending, v1::CloseProof::STATE_UNPROVEN, std::string(why.message()));
  }
  pending.next_look = now + kReconnectWait;
  unsettled_.push_back(std::move(pending));
}

void Closer::Conclude(const Pending& pending, v1::CloseProof::State state, std::string error) {
  const absl::Time now = absl::Now();
  v1::CloseProof proof;
  proof.set_session_id(pending.door.session_id);
  proof.set_target(pending.door.target);
  proof.set_thread_id(pending.door.thread_id);
  proof.set_state(state);
  proof.set_error(std::move(error));
  proof.set_proven_at_unix_ms(absl::ToUnixMillis(now));
  proof.set_took_ms(static_cast<uint32_t>(absl::ToInt64Milliseconds(now - pending.closed_at)));
  on_proof_(pending.door, std::move(proof));
}

}  // namespace postern::relay
