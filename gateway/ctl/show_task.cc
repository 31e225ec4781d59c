#include "gateway/ctl/show_task.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "gateway/ctl/json.h"
#include "gateway/ctl/safe_text.h"
#include "gateway/ctl/table.h"
#include "gateway/ctl/words.h"

namespace postern::ctl {
namespace {

constexpr size_t kReasonColumns = 48;

// Of a name in a URL: what is no letter or digit is escaped.
std::string UrlEscaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain) {
      escaped += c;
    } else {
      escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return escaped;
}

// "12 of 500", "12".
std::string Used(uint64_t spent, const std::optional<uint64_t>& limit) {
  return std::to_string(spent) + (limit ? " of " + std::to_string(*limit) : "");
}

std::string BudgetText(const v1::Task& task) {
  const v1::TaskBudgets& budgets = task.budgets();
  const auto limit = [](bool has, uint64_t value) { return has ? std::optional<uint64_t>(value) : std::nullopt; };
  return Used(task.spent().statements(), limit(budgets.has_statements(), budgets.statements())) + " statements, " +
         Used(task.spent().rows(), limit(budgets.has_rows(), budgets.rows())) + " rows, " +
         Used(task.spent().bytes(), limit(budgets.has_bytes(), budgets.bytes())) + " bytes, " +
         Used(task.spent().masked_values(), limit(budgets.has_masked_values(), budgets.masked_values())) + " masked values";
}

std::string LabelText(const v1::Task& task) {
  std::string text;
  // Named: what items() refers to must outlive the loop.
  const nlohmann::ordered_json json = ToJson(task);
  for (const auto& [key, value] : json.at("labels").items()) {
    text += (text.empty() ? "" : ", ") + key + "=" + value.get<std::string>();
  }
  return text;
}

std::string DoorText(const v1::Task& task) {
  if (task.doors() == 0) return "none was opened";
  const uint64_t unproven = task.doors() - std::min(task.doors(), task.doors_gone() + task.doors_killed());
  std::string text = Count(task.doors(), "door") + ": " + std::to_string(task.doors_gone()) + " proven gone, " +
                     std::to_string(task.doors_killed()) + " killed";
  if (unproven > 0) text += ", " + std::to_string(unproven) + (task.state() == v1::Task::STATE_OPEN ? " open" : " NOT PROVEN");
  return text;
}

}  // namespace

std::string HostOf(std::string_view address) {
  const size_t colon = address.rfind(':');
  std::string_view host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::string DsnOf(const v1::StartTaskResponse& started) {
  const bool is_v6 = started.host().find(':') != std::string::npos;
  return "mysql://" + UrlEscaped(started.user()) + ":" + started.password() + "@" +
         (is_v6 ? "[" + started.host() + "]" : started.host()) + ":" + std::to_string(started.port()) + "/";
}

nlohmann::ordered_json StartedJson(const v1::StartTaskResponse& started) {
  const nlohmann::ordered_json task = ToJson(started.task());
  nlohmann::ordered_json json = {{"id", task["id"]},
                                 {"state", task["state"]},
                                 {"user", started.user()},
                                 {"password", started.password()},
                                 {"host", started.host()},
                                 {"port", started.port()},
                                 {"deadline", task["deadline"]},
                                 {"dsn", DsnOf(started)}};
  json.update(task);
  return json;
}

void ShowStarted(const v1::StartTaskResponse& started, absl::Time now, std::ostream& out) {
  const std::string port = std::to_string(started.port());
  Sheet sheet;
  sheet.Add("task", started.task().id());
  sheet.Add("state", StateText(started.task(), now));
  sheet.Add("user", started.user());
  sheet.Add("password", started.password());
  sheet.Add("host", started.host());
  sheet.Add("port", port);
  sheet.Add("deadline", TableTime(started.task().deadline_unix_ms()));
  sheet.Add("dsn", DsnOf(started));
  sheet.Print(out);
  out << "\nThis is the only time the password is shown. The port speaks TLS only: give the client the gateway's CA.\n"
      << "\nmy.cnf\n"
      << "    [client]\n    user=" << started.user() << "\n    password=" << started.password() << "\n    host=" << started.host()
      << "\n    port=" << port << "\n\nshell\n"
      << "    export MYSQL_HOST=" << started.host() << " MYSQL_TCP_PORT=" << port << "\n    export MYSQL_USER=" << started.user()
      << " MYSQL_PWD=" << started.password() << '\n';
}

std::string StateText(const v1::Task& task, absl::Time now) {
  std::string text = Word(task.state());
  if (task.state() == v1::Task::STATE_REQUESTED) return text + ": waits for " + task.approval_id();
  if (task.state() == v1::Task::STATE_OPEN) {
    return text + " (" + Span(absl::FromUnixMillis(task.deadline_unix_ms()) - now) + " left)";
  }
  if (!task.ended_because().empty()) text += ": " + task.ended_because();
  if (!task.ended_by().empty()) text += " by " + task.ended_by();
  return text;
}

void ListTasks(const google::protobuf::RepeatedPtrField<v1::Task>& tasks, absl::Time now, std::ostream& out) {
  Table table({"ID", "STATE", "AGENT", "TARGET", "BY", "STARTED", "SESSIONS", "STATEMENTS", "REFUSED", "REASON"});
  for (const v1::Task& task : tasks) {
    table.Add({task.id(), StateText(task, now), task.agent(), task.target(), task.requester(),
               TableTime(task.created_at_unix_ms()), std::to_string(task.sessions()),
               std::to_string(task.spent().statements()), std::to_string(task.refused()),
               Shortened(task.reason(), kReasonColumns)});
  }
  table.Print(out);
}

void ShowTask(const v1::Task& task, absl::Time now, std::ostream& out) {
  Sheet sheet;
  sheet.Add("id", task.id());
  sheet.Add("state", StateText(task, now));
  sheet.Add("agent", task.agent() + (task.groups().empty() ? "" : ", of " + Joined(task.groups())));
  sheet.Add("target", task.target());
  sheet.Add("reason", task.reason());
  sheet.Add("requester", task.requester());
  if (!task.sponsor().empty()) sheet.Add("sponsor", task.sponsor());
  if (!task.approved_by().empty()) sheet.Add("approved by", task.approved_by() + " (" + task.approval_id() + ")");
  if (!task.run_id().empty()) sheet.Add("run", task.run_id());
  if (!task.labels().empty()) sheet.Add("labels", LabelText(task));
  sheet.Add("started", TableTime(task.created_at_unix_ms()));
  sheet.Add("opened", TableTime(task.opened_at_unix_ms()));
  sheet.Add("deadline", TableTime(task.deadline_unix_ms()));
  if (task.ended_at_unix_ms() != 0) sheet.Add("ended", TableTime(task.ended_at_unix_ms()));
  sheet.Add("idle limit", Span(absl::Seconds(task.idle_seconds())));
  sheet.Add("sessions", std::to_string(task.sessions()) + ", " + std::to_string(task.sessions_live()) + " live, at most " +
                            std::to_string(task.connections()) + " at once");
  sheet.Add("used", BudgetText(task));
  sheet.Add("refused", Count(task.refused(), "statement"));
  sheet.Add("doors", DoorText(task));
  sheet.Print(out);
}

}  // namespace postern::ctl
