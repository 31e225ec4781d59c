// The signature algorithms that are believed. Everything else, `none` and shared secrets (HS*) above all, has no name
// here.
#ifndef POSTERN_GATEWAY_IDENTITY_JOSE_ALGORITHM_H_
#define POSTERN_GATEWAY_IDENTITY_JOSE_ALGORITHM_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::jose {

enum class Algorithm : uint8_t { kRs256, kRs384, kRs512, kPs256, kEs256, kEs384, kEdDsa };

inline constexpr std::array kAlgorithms = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512, Algorithm::kPs256,
                                           Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEdDsa};

// As RFC 7518 and 8037 spell them, letter case included.
std::string_view NameOf(Algorithm algorithm);
std::optional<Algorithm> AlgorithmFrom(std::string_view name);

}  // namespace postern::jose

#endif  // POSTERN_GATEWAY_IDENTITY_JOSE_ALGORITHM_H_
