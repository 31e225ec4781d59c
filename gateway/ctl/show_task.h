// Tasks for people, and what a new one is entered with. Pure but for the stream.
#ifndef POSTERN_GATEWAY_CTL_SHOW_TASK_H_
#define POSTERN_GATEWAY_CTL_SHOW_TASK_H_

#include <absl/time/time.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "proto/postern/v1/task.pb.h"

namespace postern::ctl {

// The host of "gateway.example.com:8443" or "[::1]:8443".
std::string HostOf(std::string_view address);

// mysql://USER:PASSWORD@HOST:PORT/
std::string DsnOf(const v1::StartTaskResponse& started);

// `id`, `state`, `user`, `password`, `host`, `port`, `deadline`, `dsn`, then the task's other fields.
nlohmann::ordered_json StartedJson(const v1::StartTaskResponse& started);
// The same for people, with lines for my.cnf and for a shell.
void ShowStarted(const v1::StartTaskResponse& started, absl::Time now, std::ostream& out);

void ListTasks(const google::protobuf::RepeatedPtrField<v1::Task>& tasks, absl::Time now, std::ostream& out);
void ShowTask(const v1::Task& task, absl::Time now, std::ostream& out);
// "open (12m 3s left)".
std::string StateText(const v1::Task& task, absl::Time now);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SHOW_TASK_H_
