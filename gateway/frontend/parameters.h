// Bound values as the record and the reviewer see them.
#ifndef POSTERN_GATEWAY_FRONTEND_PARAMETERS_H_
#define POSTERN_GATEWAY_FRONTEND_PARAMETERS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/mysql/message/value.h"
#include "proto/postern/v1/record.pb.h"

namespace postern::frontend {

// Appends each parameter as text; `long_data` holds, by index, what came ahead of the EXECUTE. A value over 64 KiB is cut
// and ends in the SHA-256 of all of it, so that a record still tells one value from another.
void AddParameters(const std::vector<mysql::Parameter>& parameters, const std::map<uint16_t, std::string>& long_data,
                   google::protobuf::RepeatedPtrField<v1::Parameter>& out);

}  // namespace postern::frontend

#endif  // POSTERN_GATEWAY_FRONTEND_PARAMETERS_H_
