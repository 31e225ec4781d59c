// Sessions for people. Statement text is the agent's: nothing of it reaches the terminal raw.
#ifndef POSTERN_GATEWAY_CTL_SHOW_SESSION_H_
#define POSTERN_GATEWAY_CTL_SHOW_SESSION_H_

#include <iosfwd>
#include <string>

#include "proto/postern/v1/session.pb.h"

namespace postern::ctl {

void ListSessions(const google::protobuf::RepeatedPtrField<v1::Session>& sessions, std::ostream& out);
// The session, its statements with what became of each, and its doors with the proof that they closed.
void ShowSession(const v1::SessionDetail& detail, std::ostream& out);

// "gone: the thread was looked up from another connection and is not there".
std::string ProofText(const v1::CloseProof& proof);

}  // namespace postern::ctl

#endif  // POSTERN_GATEWAY_CTL_SHOW_SESSION_H_
