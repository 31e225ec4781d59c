// Reading a YAML file whole: a model asks for every key it knows, in the words of the file; whatever is wrong is
// collected, never thrown, and a key nobody asked for is a problem too. One thread; used at start and at reload.
//
//   config::Document doc = config::Document::FromFile("relay.yaml");
//   RelayConfig relay;
//   {
//     config::Section root = doc.root();
//     relay.name = root.String("name");                                       // required
//     relay.backoff = root.Duration("backoff", absl::Seconds(1), {absl::Milliseconds(10), absl::Minutes(5)});
//     config::Section tls = root.Required("tls");
//     relay.tls.certificate = tls.File("certificate");                        // must exist; relative to the file's
//     folder root.EachNamed("targets", [&](const std::string& name, config::Section& target) {
//       relay.targets[name].port = target.Int("port", 3306, {1, 65535});
//     });
//   }  // sections report unknown keys when they end
//   return config::Loaded<RelayConfig>::From(std::move(relay), doc.TakeProblems());
//
// Anchors, aliases, tags, merge keys, duplicate keys and several documents in one file are refused; size and depth are
// bounded.
#ifndef POSTERN_COMMON_CONFIG_DOCUMENT_H_
#define POSTERN_COMMON_CONFIG_DOCUMENT_H_

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/host_port.h"
#include "common/config/problem.h"

namespace postern::config {

class Section;
struct Value;  // one YAML value; document.cc

struct DocumentLimits {
  size_t max_bytes = 1 << 20;
  uint32_t max_depth = 32;
};

template <class T>
struct Range {
  T min;
  T max;
};

class Document {
 public:
  // A file that cannot be read or is no YAML yields a document whose problems say so and whose root is silent.
  static Document FromFile(const std::string& path, const DocumentLimits& limits = {});
  // `name` stands for the file in problems; relative paths are relative to its folder.
  static Document FromText(std::string_view text, const std::string& name, const DocumentLimits& limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  // REQUIRES: the document outlives its sections and does not move while they live.
  Section root();

  const std::string& text() const { return text_; }
  const std::string& file() const { return file_; }
  const Problems& problems() const { return problems_; }
  // In the order of the file. REQUIRES: no section is alive.
  Problems TakeProblems();

  void Add(Problem problem);
  // Relative to the folder the file is in.
  std::string Resolve(std::string_view path) const;

 private:
  Document();

  std::string file_;
  std::string text_;
  std::unique_ptr<Value> root_;
  Problems problems_;
};

// One mapping of the file. Getters with a fallback return it when the key is absent; those without report an absent
// key. A wrong type or value is reported, and the fallback (or an empty value) returned: go on reading, look at the
// problems at the end. A silent section (an absent one, or one of the wrong type, reported already) returns fallbacks
// only.
class Section {
 public:
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  // Reports the keys that nobody asked for.
  ~Section();

  // Whether the mapping stands in the file.
  bool present() const { return value_ != nullptr; }
  bool Has(std::string_view key) const;
  // Whether the key's value is a mapping, for keys that take a word or a mapping.
  bool IsMapping(std::string_view key) const;
  // Whether the key's value is null, or left empty, for keys that take null as a word.
  bool IsNull(std::string_view key);
  // Every key in the file's order, known or not.
  std::vector<std::string> Keys() const;
  // "mysql.tls"; empty at the root.
  const std::string& path() const { return path_; }

  std::string String(std::string_view key);
  std::string String(std::string_view key, std::string_view fallback);
  bool Bool(std::string_view key, bool fallback);
  int64_t Int(std::string_view key, int64_t fallback, Range<int64_t> range);
  int64_t RequiredInt(std::string_view key, Range<int64_t> range);
  absl::Duration Duration(std::string_view key, absl::Duration fallback,
                          Range<absl::Duration> range = {absl::ZeroDuration(), absl::Hours(24 * 3650)});
  uint64_t Bytes(std::string_view key, uint64_t fallback,
                 Range<uint64_t> range = {0, std::numeric_limits<int64_t>::max()});
  HostPort Address(std::string_view key);
  std::optional<HostPort> OptionalAddress(std::string_view key);
  std::vector<HostPort> Addresses(std::string_view key);  // a list, at least one

  // A file that must exist and be readable; a relative path is relative to the folder of the configuration file.
  std::string File(std::string_view key);
  std::optional<std::string> OptionalFile(std::string_view key);
  // The same without looking whether anything is there.
  std::string Path(std::string_view key);
  std::optional<std::string> OptionalPath(std::string_view key);

  // A list of strings. The first form wants at least one.
  std::vector<std::string> Strings(std::string_view key);
  std::vector<std::string> Strings(std::string_view key, std::vector<std::string> fallback);
  // One text, or a list of at least one.
  std::vector<std::string> Texts(std::string_view key);

  // One word of a fixed set: section.Word("mode", Mode::kFull, {{"disabled", Mode::kOff}, {"verify-full",
  // Mode::kFull}}).
  template <class E>
  E Word(std::string_view key, E fallback, const std::vector<std::pair<std::string_view, E>>& words) {
    return WordOf(key, words, fallback);
  }
  template <class E>
  E RequiredWord(std::string_view key, const std::vector<std::pair<std::string_view, E>>& words) {
    if (!Has(key)) Missing(key);
    return WordOf(key, words, words.front().second);
  }

  // A mapping under the key. Absent: silent, so every option keeps its fallback; Required reports that first.
  Section Optional(std::string_view key);
  Section Required(std::string_view key);
  // A mapping of names to mappings; absent counts as empty.
  void EachNamed(std::string_view key, const std::function<void(const std::string& name, Section& section)>& visit);
  // A list of mappings; absent counts as empty.
  void EachItem(std::string_view key, const std::function<void(Section& section)>& visit);

  // A problem of this section's own: with a key at that key's value, without one at the section.
  void Report(std::string_view key, std::string message);
  // The same at the n-th item of the list under the key.
  void ReportItem(std::string_view key, size_t index, std::string message);

  // Where the section starts in the file, from 1; 0 when silent.
  uint32_t line() const;

 private:
  friend class Document;
  Section(Document& document, const Value* value, std::string path);

  const Value* Find(std::string_view key) const;
  const Value* Take(std::string_view key);
  const std::string* TakeScalar(std::string_view key, std::string_view wanted, bool plain_only = false);
  void Missing(std::string_view key);
  void ReportAt(const Value* value, std::string key, std::string message);
  std::string KeyPath(std::string_view key) const;
  std::string CheckedFile(std::string_view key, std::string path);
  size_t WordIndex(std::string_view key, const std::vector<std::string_view>& words);

  template <class E>
  E WordOf(std::string_view key, const std::vector<std::pair<std::string_view, E>>& words, E fallback) {
    std::vector<std::string_view> names;
    for (const auto& word : words) names.push_back(word.first);
    const size_t index = WordIndex(key, names);
    return index < words.size() ? words[index].second : fallback;
  }

  Document& document_;
  const Value* value_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace postern::config

#endif  // POSTERN_COMMON_CONFIG_DOCUMENT_H_
