// Protocol messages as the JSON that `--output json` prints.
//
// Every field of a message is there, in the proto's order and under its name; enums are words, an unspecified one is
// null; `created_at_unix_ms` becomes `created_at` in ISO 8601, null for 0; an absent message or optional field is null; bytes are UTF-8
// with invalid bytes written \xNN, and then `<name>_base64` has them exactly. Pure.
#ifndef POSTERN_GATEWAY_CTL_JSON_H_
#define POSTERN_GATEWAY_CTL_JSON_H_

#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "proto/postern/v1/record.pb.h"
#include "proto/postern/v1/session.pb.h"

namespace postern::ctl {

nlohmann::ordered_json ToJson(const google::protobuf::Message& message);

// The session's own fields, then `statements`, `doors_opened`, `doors_closed`.
nlohmann::ordered_json SessionJson(const v1::SessionDetail& detail);
// `at`, `session_id`, `task_id`, `event` (which it is) and the event's own object under that name.
nlohmann::ordered_json RecordJson(const v1::Record& record);

// All of it in ASCII: what is not, is escaped, so that a terminal that shows it is not steered.
std::string Pretty(const nlohmann::ordered_json& json);
std::string Line(const nlohmann::ordered_json& json);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_JSON_H_
