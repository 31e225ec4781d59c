// Who asked for a task, kept with it over restarts: as long as nobody vouches for them any more, their task is over. Pure. Inside
// this folder only.
#ifndef POSTERN_GATEWAY_TASKS_STARTER_H_
#define POSTERN_GATEWAY_TASKS_STARTER_H_

#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "gateway/identity/principal.h"

namespace postern::tasks {

// What the store keeps, and back. What cannot be read is nobody, whom nobody vouches for.
std::string StarterBytes(const identity::Principal& who);
identity::Principal StarterFrom(std::string_view bytes);

// An agent's task goes on only while its proof counts; a person's proof only starts one.
bool NeedsVouching(const identity::Principal& starter);
// When the proof ends by itself; infinite future for a person's.
absl::Time EndOfProof(const identity::Principal& starter);

}  // namespace postern::tasks

#endif  // POSTERN_GATEWAY_TASKS_STARTER_H_
