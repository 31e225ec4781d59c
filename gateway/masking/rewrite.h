// What is left of a value under a mask that lets part of it be seen. Pure.
//
//   keep_first 2   "Johanna"            -> "Jo****"     always four stars, so the length is not told
//   keep_last 4    "4111111111111111"   -> "****1111"
//                  "12345"              -> "****"       fewer than twice as many characters as are kept: none is shown
//   email          "johanna@shop.example" -> "j***@shop.example";  "j@shop.example" -> "***@shop.example"
//   date: month    "2026-11-21 20:15"   -> "2026-11-01"
#ifndef POSTERN_GATEWAY_MASKING_REWRITE_H_
#define POSTERN_GATEWAY_MASKING_REWRITE_H_

#include <string>
#include <string_view>

#include "gateway/masking/value_type.h"
#include "gateway/policy/mask.h"

namespace postern::masking {

inline constexpr std::string_view kHidden = "****";

// Whether Rewrite can do anything with values of this type. Where not, the mask is as `redact`: also where it would
// never change anything, as rounding whole numbers to decimals.
bool CanRewrite(const policy::Mask& mask, const ValueType& type);

// Appends what may be seen of `text`, a value of `type` as the text protocol writes it. False where the value is not
// what the mask is for (no address, no date, bytes that are not of its character set): then nothing of it may be shown.
// REQUIRES: CanRewrite(mask, type).
bool Rewrite(const policy::Mask& mask, const ValueType& type, std::string_view text, std::string& out);

}  // namespace postern::masking

#endif  // POSTERN_GATEWAY_MASKING_REWRITE_H_
