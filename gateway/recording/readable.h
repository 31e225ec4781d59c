// Whether a message that is written can be read again: protobuf writes any bytes into a string field and then refuses to
// parse those that are not UTF-8. Pure.
#ifndef POSTERN_GATEWAY_RECORDING_READABLE_H_
#define POSTERN_GATEWAY_RECORDING_READABLE_H_

#include <google/protobuf/message.h>

namespace postern::recording {

bool IsReadable(const google::protobuf::Message& message);

// Writes each byte that is not UTF-8 as \xNN, in every string field.
void MakeReadable(google::protobuf::Message& message);

}  // namespace postern::recording

#endif  // POSTERN_GATEWAY_RECORDING_READABLE_H_
