#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "common/config/cat.h"
#include "common/config/document.h"
#include "common/config/units.h"
#include "common/config/value.h"

namespace postern::config {

Section::Section(Document& document, const Value* value, std::string path)
    : document_(document), value_(value), path_(std::move(path)) {}

Section::~Section() {
  if (!present()) return;
  for (const Entry& entry : value_->entries) {
    if (asked_.contains(entry.key)) continue;
    document_.Add({document_.file(), entry.line, entry.column, KeyPath(entry.key), "unknown key"});
  }
}

// --- finding

std::string Section::KeyPath(std::string_view key) const {
  return path_.empty() ? std::string(key) : key.empty() ? path_ : Cat(path_, ".", key);
}

const Value* Section::Find(std::string_view key) const {
  if (!present()) return nullptr;
  for (const Entry& entry : value_->entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

const Value* Section::Take(std::string_view key) {
  asked_.emplace(key);
  return Find(key);
}

bool Section::Has(std::string_view key) const { return Find(key) != nullptr; }

bool Section::IsMapping(std::string_view key) const {
  const Value* value = Find(key);
  return value != nullptr && value->kind == Value::Kind::kMap;
}

bool Section::IsNull(std::string_view key) {
  const Value* value = Take(key);
  return value != nullptr && value->kind == Value::Kind::kNull;
}

std::vector<std::string> Section::Keys() const {
  std::vector<std::string> keys;
  if (!present()) return keys;
  for (const Entry& entry : value_->entries) keys.push_back(entry.key);
  return keys;
}

uint32_t Section::line() const { return present() ? value_->line : 0; }

// --- reporting

void Section::ReportAt(const Value* value, std::string key, std::string message) {
  if (value == nullptr) return;
  document_.Add({document_.file(), value->line, value->column, std::move(key), std::move(message)});
}

void Section::Report(std::string_view key, std::string message) {
  const Value* at = Find(key);
  ReportAt(at != nullptr ? at : value_, KeyPath(key), std::move(message));
}

void Section::ReportItem(std::string_view key, size_t index, std::string message) {
  const Value* list = Find(key);
  const bool there = list != nullptr && index < list->items.size();
  ReportAt(there ? &list->items[index] : value_, Cat(KeyPath(key), "[", index, "]"), std::move(message));
}

void Section::Missing(std::string_view key) {
  asked_.emplace(key);
  ReportAt(value_, KeyPath(key), "is missing");
}

// --- scalars

const std::string* Section::TakeScalar(std::string_view key, std::string_view wanted, bool plain_only) {
  const Value* value = Take(key);
  if (value == nullptr) return nullptr;
  if (value->kind == Value::Kind::kScalar && (value->plain || !plain_only)) return &value->scalar;
  ReportAt(value, KeyPath(key), Cat("expected ", wanted));
  return nullptr;
}

std::string Section::String(std::string_view key, std::string_view fallback) {
  const std::string* text = TakeScalar(key, "a text");
  if (text == nullptr) return std::string(fallback);
  if (text->empty()) Report(key, "is empty");
  return *text;
}

std::string Section::String(std::string_view key) {
  if (!Has(key)) Missing(key);
  return String(key, "");
}

bool Section::Bool(std::string_view key, bool fallback) {
  const std::string* text = TakeScalar(key, "true or false", true);
  if (text == nullptr) return fallback;
  if (*text == "true") return true;
  if (*text != "false") Report(key, "expected true or false");
  return false;
}

int64_t Section::Int(std::string_view key, int64_t fallback, Range<int64_t> range) {
  const std::string* text = TakeScalar(key, "a whole number", true);
  if (text == nullptr) return fallback;
  int64_t number = 0;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error != std::errc() || end != last) {
    Report(key, "expected a whole number");
  } else if (number < range.min || number > range.max) {
    Report(key, Cat("must be from ", range.min, " to ", range.max));
  } else {
    return number;
  }
  return fallback;
}

int64_t Section::RequiredInt(std::string_view key, Range<int64_t> range) {
  if (!Has(key)) Missing(key);
  return Int(key, range.min, range);
}

absl::Duration Section::Duration(std::string_view key, absl::Duration fallback, Range<absl::Duration> range) {
  const std::string* text = TakeScalar(key, "a duration such as 10m, 1h30m or 250ms");
  if (text == nullptr) return fallback;
  const std::optional<absl::Duration> duration = ParseDuration(*text);
  if (!duration) {
    Report(key, "expected a duration such as 10m, 1h30m or 250ms");
  } else if (*duration < range.min || *duration > range.max) {
    Report(key, Cat("must be from ", DurationText(range.min), " to ", DurationText(range.max)));
  } else {
    return *duration;
  }
  return fallback;
}

uint64_t Section::Bytes(std::string_view key, uint64_t fallback, Range<uint64_t> range) {
  const std::string* text = TakeScalar(key, "a size such as 64KiB or 16MiB");
  if (text == nullptr) return fallback;
  const std::optional<uint64_t> bytes = ParseBytes(*text);
  if (!bytes) {
    Report(key, "expected a size such as 64KiB or 16MiB");
  } else if (*bytes < range.min || *bytes > range.max) {
    Report(key, Cat("must be from ", BytesText(range.min), " to ", BytesText(range.max)));
  } else {
    return *bytes;
  }
  return fallback;
}

size_t Section::WordIndex(std::string_view key, const std::vector<std::string_view>& words) {
  const std::string* text = TakeScalar(key, Cat("one of ", Join(words, ", ")));
  if (text == nullptr) return words.size();
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == *text) return i;
  }
  Report(key, Cat("expected one of ", Join(words, ", ")));
  return words.size();
}

// --- addresses

std::optional<HostPort> Section::OptionalAddress(std::string_view key) {
  const std::string* text = TakeScalar(key, "host:port");
  if (text == nullptr) return std::nullopt;
  std::optional<HostPort> address = ParseHostPort(*text);
  if (!address) Report(key, "expected host:port");
  return address;
}

HostPort Section::Address(std::string_view key) {
  if (!Has(key)) Missing(key);
  return OptionalAddress(key).value_or(HostPort{});
}

std::vector<HostPort> Section::Addresses(std::string_view key) {
  std::vector<HostPort> addresses;
  const std::vector<std::string> texts = Strings(key);
  for (size_t i = 0; i < texts.size(); ++i) {
    std::optional<HostPort> address = ParseHostPort(texts[i]);
    if (!address) {
      ReportItem(key, i, "expected host:port");
    } else {
      addresses.push_back(*std::move(address));
    }
  }
  return addresses;
}

// --- files

std::string Section::Path(std::string_view key) {
  const std::string text = String(key);
  return text.empty() ? text : document_.Resolve(text);
}

std::optional<std::string> Section::OptionalPath(std::string_view key) {
  asked_.emplace(key);
  if (!Has(key)) return std::nullopt;
  return Path(key);
}

std::string Section::CheckedFile(std::string_view key, std::string path) {
  if (path.empty()) return path;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    Report(key, Cat("no such file: ", path));
  } else if (std::filesystem::is_directory(status)) {
    Report(key, Cat("is a folder: ", path));
  } else if (access(path.c_str(), R_OK) != 0) {
    Report(key, Cat("may not be read: ", path));
  }
  return path;
}

std::string Section::File(std::string_view key) { return CheckedFile(key, Path(key)); }

std::optional<std::string> Section::OptionalFile(std::string_view key) {
  asked_.emplace(key);
  if (!Has(key)) return std::nullopt;
  return File(key);
}

// --- lists and mappings

std::vector<std::string> Section::Strings(std::string_view key, std::vector<std::string> fallback) {
  const Value* list = Take(key);
  if (list == nullptr) return fallback;
  if (list->kind != Value::Kind::kList) {
    Report(key, "expected a list of texts");
    return fallback;
  }
  std::vector<std::string> texts;
  for (size_t i = 0; i < list->items.size(); ++i) {
    const Value& item = list->items[i];
    if (item.kind != Value::Kind::kScalar || item.scalar.empty()) {
      ReportItem(key, i, "expected a text");
    } else {
      texts.push_back(item.scalar);
    }
  }
  return texts;
}

std::vector<std::string> Section::Strings(std::string_view key) {
  const Value* list = Find(key);
  if (list == nullptr) Missing(key);
  if (list != nullptr && list->kind == Value::Kind::kList && list->items.empty()) Report(key, "is empty");
  return Strings(key, {});
}

std::vector<std::string> Section::Texts(std::string_view key) {
  const Value* value = Find(key);
  if (value == nullptr || value->kind != Value::Kind::kScalar) return Strings(key);
  std::string text = String(key);
  return text.empty() ? std::vector<std::string>() : std::vector{std::move(text)};
}

Section Section::Optional(std::string_view key) {
  const Value* value = Take(key);
  if (value != nullptr && value->kind != Value::Kind::kMap) {
    Report(key, "expected keys and values");
    value = nullptr;
  }
  return Section(document_, value, KeyPath(key));
}

Section Section::Required(std::string_view key) {
  if (!Has(key)) Missing(key);
  return Optional(key);
}

void Section::EachNamed(std::string_view key,
                        const std::function<void(const std::string& name, Section& section)>& visit) {
  Section names = Optional(key);
  for (const std::string& name : names.Keys()) {
    Section section = names.Optional(name);
    if (section.present()) visit(name, section);
  }
}

void Section::EachItem(std::string_view key, const std::function<void(Section& section)>& visit) {
  const Value* list = Take(key);
  if (list == nullptr) return;
  if (list->kind != Value::Kind::kList) return Report(key, "expected a list");
  for (size_t i = 0; i < list->items.size(); ++i) {
    if (list->items[i].kind != Value::Kind::kMap) {
      ReportItem(key, i, "expected keys and values");
      continue;
    }
    Section section(document_, &list->items[i], Cat(KeyPath(key), "[", i, "]"));
    visit(section);
  }
}

}  // namespace postern::config
