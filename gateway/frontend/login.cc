#include "gateway/frontend/login.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <utility>
#include <variant>

#include "common/mysql/flow/server_login.h"
#include "common/net/mailbox.h"
#include "common/observability/log.h"
#include "common/text/utf8.h"
#include "gateway/frontend/admission.h"
#include "gateway/frontend/journaling.h"

namespace postern::frontend {
namespace {

constexpr uint16_t kTooManySessions = 1040;  // ER_CON_COUNT_ERROR
constexpr uint16_t kCannotRecord = 1227;     // ER_SPECIFIC_ACCESS_DENIED_ERROR
constexpr std::chrono::seconds kFloodDelay{1};
// Longer than it takes to find out what is wrong with any proof: each refusal comes that long after it was asked for, so that
// the time tells nothing.
constexpr std::chrono::milliseconds kRefusalDelay{20};

// The agent is not known yet when this is offered; whether it may use it is decided with each packet.
bool OfferMultiStatements(const Services& services) {
  const policy::RulesPtr rules = services.policy.Current();
  return std::any_of(rules->rules.begin(), rules->rules.end(), [](const auto& rule) { return rule.multi_statements; });
}

mysql::ServerLogin::Options LoginOptions(const Services& services, const AgentChannel& channel, uint32_t connection_id) {
  mysql::ServerLogin::Options options;
  options.server_version = services.options.server_version;
  options.connection_id = connection_id;
  options.scramble = mysql::NewScramble();
  options.offered = mysql::GatewayCapabilities(
      {.tls = services.tls() != nullptr, .multi_statements = OfferMultiStatements(services)});
  options.allow_plain = services.options.insecure_loopback && channel.peer_is_loopback();
  options.id_tokens = services.authenticator.TakesIdTokens();
  options.rsa_key = services.rsa_key;
  options.max_packet_bytes = services.options.handshake_bytes;
  return options;
}

LiveSessions::Entry EntryFor(const LoggedIn& login, identity::Authenticator& authenticator,
                             const asio::any_io_executor& executor) {
  LiveSessions::Entry entry{.session_id = login.session_id,
                            .connection_id = login.connection_id,
                            .agent = login.who.name,
                            .target = login.target,
                            .identity_id = login.who.identity_id,
                            .task_id = login.task->info().implicit() ? std::string() : login.task->id()};
  entry.end = [handle = login.handle, executor](std::string reason) {
    asio::post(executor, [handle, reason = std::move(reason)] {
      handle->end_reason = reason;
      if (handle->state != nullptr) handle->state->End(EndingFor(reason));
    });
  };
  entry.still_valid = [who = login.who, &authenticator] { return authenticator.StillValid(who, absl::Now()); };
  entry.interrupt = [handle = login.handle, executor] {
    asio::post(executor, [handle] {
      if (handle->state != nullptr) handle->state->Interrupt();
    });
  };
  return entry;
}

v1::Record OpenedRecord(const LoggedIn& login, const AgentChannel& channel, const mysql::Verify& claim) {
  v1::Record record = NewRecord(login.session_id, login.task->id());
  v1::SessionOpened& opened = *record.mutable_session_opened();
  opened.set_agent(login.who.name);
  opened.set_target(login.target);
  for (const std::string& group : login.who.groups) opened.add_groups(group);
  opened.set_identity_kind(login.who.identity_kind);
  opened.set_identity_id(login.who.identity_id);
  opened.set_client_address(channel.peer_address());
  for (const auto& [name, value] : claim.attributes) {
    (*opened.mutable_client_attributes())[text::ValidUtf8(name)] = text::ValidUtf8(value);
  }
  opened.set_tls(channel.tls());
  opened.set_connection_id(login.connection_id);
  opened.set_schema(text::ValidUtf8(login.schema));
  *opened.mutable_task() = login.task->info();
  return record;
}

void RecordRefused(const Services& services, const AgentChannel& channel, const std::string& user,
                   const std::string& reason) {
  log::Info("login refused", {{"user", user}, {"peer", channel.peer_address()}, {"reason", reason}});
  v1::Record record = NewRecord({}, {});
  v1::LoginRefused& refused = *record.mutable_login_refused();
  refused.set_user(user);
  refused.set_client_address(channel.peer_address());
  refused.set_reason(reason);
  RecordLater(services.journal, record);
}

asio::awaitable<void> WaitUntil(AgentChannel& channel, std::chrono::steady_clock::time_point when) {
  asio::steady_timer timer(channel.executor(), when);
  asio::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// Until it can be told whether the secret is good: at once, but where an issuer's new key must be fetched first.
asio::awaitable<void> AwaitKeys(identity::Authenticator& authenticator, std::string_view secret) {
  net::Mailbox<bool> ready(co_await asio::this_coro::executor);
  authenticator.Prepare(secret, absl::Now(), [&ready] { ready.Put(true); });
  co_await ready.Take();
}

// Admits, counts and records; nothing of the session exists before its record is durable.
asio::awaitable<Admission> Enter(const Services& services, AgentChannel& channel, uint32_t connection_id,
                                 const mysql::Verify& claim) {
  Admission admission = Admit(services, channel, connection_id, claim);
  if (!admission.login) co_return admission;
  LoggedIn& login = *admission.login;
  login.handle = std::make_shared<SessionHandle>();
  const absl::Status counted =
      services.live.Add(EntryFor(login, services.authenticator, channel.executor()), login.task->terms().connections);
  if (!counted.ok()) {
    co_return Admission{.error = {kTooManySessions, "08004",
                                  absl::StrCat("Too many connections: ", counted.message(),
                                               " [postern decision=deny rule=limits]")},
                        .reason = std::string(counted.message())};
  }
  login.registration = std::make_unique<Registration>(services.live, services.journal, login.session_id, login.task->id());
  // A revocation that came before the session could be found has not ended it.
  if (!services.authenticator.StillValid(login.who, absl::Now())) co_return TokenEnded(claim, channel);
  const absl::Status recorded = co_await Record(services.journal, OpenedRecord(login, channel, claim));
  if (!recorded.ok()) {
    co_return Admission{.error = {kCannotRecord, "42000",
                                  absl::StrCat("Postern cannot record this session now (", recorded.message(),
                                               "); try again later [postern decision=refused rule=recording]")},
                        .reason = "cannot record"};
  }
  login.registration->SetOpened();
  login.task->CountSession();
  co_return admission;
}

asio::awaitable<absl::StatusOr<LoggedIn>> Converse(const Services& services, AgentChannel& channel,
                                                   uint32_t connection_id, mysql::ServerLogin flow,
                                                   mysql::ServerAction action) {
  Admission admission;
  for (;;) {
    if (!action.send.empty()) {
      if (absl::Status written = co_await channel.Write(action.send); !written.ok()) co_return written;
    }
    if (std::holds_alternative<mysql::NeedPacket>(action.next)) {
      const auto packet = co_await channel.Read(std::nullopt);
      const bool is_agents_fault =
          absl::IsInvalidArgument(packet.status()) || absl::IsResourceExhausted(packet.status());
      if (!packet.ok() && !is_agents_fault) co_return packet.status();
      action = packet.ok() ? flow.OnPacket(packet->first_sequence, packet->payload) : flow.OnBadPacket(packet.status());
    } else if (std::holds_alternative<mysql::StartTls>(action.next)) {
      if (absl::Status tls = co_await channel.StartTls(services.tls()); !tls.ok()) co_return tls;
      action = flow.OnTlsStarted(channel.certificate() != nullptr);
    } else if (auto* claim = std::get_if<mysql::Verify>(&action.next)) {
      const auto asked = std::chrono::steady_clock::now();
      co_await AwaitKeys(services.authenticator, claim->secret.Reveal());
      admission = co_await Enter(services, channel, connection_id, *claim);
      // Whoever guesses on after too many failures fills neither the journal nor the log, and waits for each answer.
      if (!admission.login && !admission.flood) RecordRefused(services, channel, ShownName(*claim), admission.reason);
      if (!admission.login) co_await WaitUntil(channel, asked + (admission.flood ? kFloodDelay : kRefusalDelay));
      action = admission.login ? flow.OnAccepted() : flow.OnRefused(admission.error);
    } else if (std::holds_alternative<mysql::LoggedIn>(action.next)) {
      co_return *std::move(admission.login);
    } else {
      co_return absl::PermissionDeniedError(std::get<mysql::LoginFailed>(action.next).reason);
    }
  }
}

}  // namespace

asio::awaitable<absl::StatusOr<LoggedIn>> LogIn(const Services& services, AgentChannel& channel, uint32_t connection_id) {
  mysql::ServerLogin flow(LoginOptions(services, channel, connection_id));
  mysql::ServerAction greeting = flow.Start();
  co_return co_await Converse(services, channel, connection_id, std::move(flow), std::move(greeting));
}

asio::awaitable<absl::StatusOr<LoggedIn>> ChangeUser(const Services& services, AgentChannel& channel,
                                                     uint32_t connection_id, mysql::Capabilities capabilities,
                                                     std::string command) {
  mysql::ServerLogin flow =
      mysql::ServerLogin::ForChangeUser(LoginOptions(services, channel, connection_id), capabilities, channel.tls());
  mysql::ServerAction first = flow.OnPacket(0, mysql::AsBytes(command));
  mysql::WipeString(command);
  co_return co_await Converse(services, channel, connection_id, std::move(flow), std::move(first));
}

}  // namespace postern::frontend
