// The one place that knows yaml-cpp: its events become our values. It may throw; nothing gets past ParseYaml.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <utility>

#include "common/config/value.h"

namespace postern::config {
namespace {

struct Refused {
  YAML::Mark mark;
  std::string message;
};

uint32_t FromOne(int from_zero) { return from_zero < 0 ? 0 : static_cast<uint32_t>(from_zero) + 1; }

// Builds the tree. Containers under construction stand on a stack by value and move into their parent when they end.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(uint32_t max_depth) : max_depth_(max_depth) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    Place(Make(Value::Kind::kNull, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{mark, "aliases are not allowed here: write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    Value value = Make(Value::Kind::kScalar, mark);
    value.scalar = text;
    value.plain = tag != "!";
    Place(std::move(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Push(Value::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Pop(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Push(Value::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Pop(); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { RefuseAnchor(mark, 1); }

  bool complete() const { return complete_; }
  Value TakeRoot() { return std::move(root_); }

 private:
  // A map's next scalar is a key when `key_pending` is false.
  struct Open {
    Value value;
    bool key_pending = false;
  };

  Value Make(Value::Kind kind, const YAML::Mark& mark) {
    Value value;
    value.kind = kind;
    value.line = FromOne(mark.line);
    value.column = FromOne(mark.column);
    last_ = mark;
    return value;
  }
  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused{mark, "anchors are not allowed here: write the value out"};
  }
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") throw Refused{mark, "tags are not allowed here"};
  }

  void Push(Value::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    if (open_.size() >= max_depth_) throw Refused{mark, "nested too deeply"};
    if (ExpectsKey()) throw Refused{mark, "a key must be a word"};
    open_.push_back({Make(kind, mark), false});
  }

  void Pop() {
    Value done = std::move(open_.back().value);
    open_.pop_back();
    Place(std::move(done));
  }

  bool ExpectsKey() const {
    return !open_.empty() && open_.back().value.kind == Value::Kind::kMap && !open_.back().key_pending;
  }

  void Place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      complete_ = true;
    } else if (ExpectsKey()) {
      PlaceKey(value);
    } else if (open_.back().value.kind == Value::Kind::kMap) {
      open_.back().value.entries.back().value = std::move(value);
      open_.back().key_pending = false;
    } else {
      open_.back().value.items.push_back(std::move(value));
    }
  }

  void PlaceKey(const Value& key) {
    if (key.kind != Value::Kind::kScalar) throw Refused{last_, "a key must be a word"};
    Open& map = open_.back();
    for (const Entry& entry : map.value.entries) {
      if (entry.key == key.scalar) throw Refused{last_, "key \"" + key.scalar + "\" stands here twice"};
    }
    if (key.scalar == "<<") throw Refused{last_, "merge keys are not allowed here"};
    if (map.value.entries.size() >= kMaxEntries) throw Refused{last_, "too many keys"};
    map.value.entries.push_back({key.scalar, key.line, key.column, {}});
    map.key_pending = true;
  }

  // Looking for duplicates is quadratic in the keys of one mapping.
  static constexpr size_t kMaxEntries = 10000;

  YAML::Mark last_;  // of the value at hand
  const uint32_t max_depth_;
  std::vector<Open> open_;
  Value root_;
  bool complete_ = false;
};

// Reads a text in place; std::istringstream would copy it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Where the text stops being UTF-8 without control characters; its size if nowhere. yaml-cpp takes 0x04 for the end of
// the file and guesses other encodings: neither may cut a policy short.
size_t FirstBadByte(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto byte = static_cast<unsigned char>(text[i]);
    size_t length = 1;
    if (byte < 0x80) {
      if (byte == 0x7F || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t')) return i;
    } else if (byte >= 0xC2 && byte <= 0xDF) {
      length = 2;
    } else if (byte >= 0xE0 && byte <= 0xEF) {
      length = 3;
    } else if (byte >= 0xF0 && byte <= 0xF4) {
      length = 4;
    } else {
      return i;
    }
    if (text.size() - i < length) return i;
    for (size_t k = 1; k < length; ++k) {
      if (!IsContinuation(static_cast<unsigned char>(text[i + k]))) return i;
    }
    i += length;
  }
  return i;
}

uint32_t LineOf(std::string_view text, size_t offset) {
  return static_cast<uint32_t>(1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(offset), '\n'));
}

}  // namespace

bool ParseYaml(std::string_view text, const std::string& file, const DocumentLimits& limits, Value& root,
               Problems& problems) {
  const auto refuse = [&](uint32_t line, uint32_t column, std::string message) {
    problems.push_back({file, line, column, "", std::move(message)});
    return false;
  };
  if (text.size() > limits.max_bytes) {
    return refuse(0, 0, "larger than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (const size_t bad = FirstBadByte(text); bad != text.size()) {
    return refuse(LineOf(text, bad), 0, "a byte that is not UTF-8 text");
  }
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    Builder builder(limits.max_depth);
    if (!parser.HandleNextDocument(builder) || !builder.complete()) return refuse(0, 0, "the file is empty");
    Builder second(limits.max_depth);
    if (parser.HandleNextDocument(second)) return refuse(0, 0, "more than one document in the file");
    root = builder.TakeRoot();
    return true;
  } catch (const Refused& refused) {
    return refuse(FromOne(refused.mark.line), FromOne(refused.mark.column), refused.message);
  } catch (const YAML::Exception& error) {
    return refuse(FromOne(error.mark.line), FromOne(error.mark.column), "not YAML: " + error.msg);
  } catch (const std::exception& error) {
    return refuse(0, 0, std::string("not YAML: ") + error.what());
  }
}

}  // namespace postern::config
