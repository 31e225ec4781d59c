#include "gateway/stream/progress.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "common/files/replace_file.h"

namespace postern::stream {
namespace {

constexpr size_t kMostBytes = 1024;

std::string Hex(const recording::ChainHash& chain) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(chain.data()), chain.size()));
}

bool TakeChain(const std::string& hex, recording::ChainHash& chain) {
  const bool digits = std::all_of(hex.begin(), hex.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!digits || hex.size() != 2 * chain.size()) return false;
  const std::string bytes = absl::HexStringToBytes(hex);
  std::copy(bytes.begin(), bytes.end(), chain.begin());
  return true;
}

std::optional<Progress> Parse(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  for (const char* name : {"segment", "offset", "number"}) {
    if (!json.contains(name) || !json[name].is_number_unsigned()) return std::nullopt;
  }
  if (!json.contains("chain") || !json["chain"].is_string()) return std::nullopt;
  Progress progress;
  progress.cursor.at = {json["segment"].get<uint32_t>(), json["offset"].get<uint64_t>()};
  progress.number = json["number"].get<uint64_t>();
  if (!TakeChain(json["chain"].get<std::string>(), progress.cursor.chain)) return std::nullopt;
  return progress;
}

}  // namespace

absl::StatusOr<std::optional<Progress>> LoadProgress(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (!in && !std::filesystem::exists(file, ignored)) return std::nullopt;
  std::string text(kMostBytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  std::optional<Progress> progress = Parse(text);
  if (!progress) {
    return absl::FailedPreconditionError(absl::StrCat(file.string(), " does not say how far the stream has come; without it everything is streamed again"));
  }
  return progress;
}

absl::Status SaveProgress(const std::filesystem::path& file, const Progress& progress) {
  const nlohmann::ordered_json json = {{"segment", progress.cursor.at.segment},
                                       {"offset", progress.cursor.at.offset},
                                       {"chain", Hex(progress.cursor.chain)},
                                       {"number", progress.number}};
  auto replacement = files::Replacement::Prepare(file, json.dump() + "\n");
  return replacement.ok() ? replacement->Commit() : replacement.status();
}

}  // namespace postern::stream
