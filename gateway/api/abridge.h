// Approvals as lists and watches carry them: long texts cut, with a mark that says so, so that an answer stays small
// whatever an agent sends. Get has the whole. Pure.
#ifndef POSTERN_GATEWAY_API_ABRIDGE_H_
#define POSTERN_GATEWAY_API_ABRIDGE_H_

#include <cstddef>

#include "proto/postern/v1/approval.pb.h"

namespace postern::api {

inline constexpr size_t kAbridgedBytes = 4096;
inline constexpr int kAbridgedParameters = 64;

v1::Approval Abridged(const v1::Approval& approval);

}  // namespace postern::api

#endif  // POSTERN_GATEWAY_API_ABRIDGE_H_
