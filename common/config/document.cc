#include "common/config/document.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "common/config/cat.h"
#include "common/config/value.h"

namespace postern::config {
namespace {

// One byte more than allowed is read, so that ParseYaml sees that there is too much.
bool ReadFile(const std::string& path, size_t max_bytes, std::string& text, std::string& why) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    why = "is a folder";
    return false;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    why = Cat("cannot be read: ", std::strerror(errno != 0 ? errno : ENOENT));
    return false;
  }
  text.resize(max_bytes + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (!file.bad()) return true;
  why = "cannot be read";
  return false;
}

}  // namespace

Document::Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document Document::FromFile(const std::string& path, const DocumentLimits& limits) {
  std::string text;
  std::string why;
  if (!ReadFile(path, limits.max_bytes, text, why)) {
    Document document;
    document.file_ = path;
    document.Add({path, 0, 0, "", why});
    return document;
  }
  return FromText(text, path, limits);
}

Document Document::FromText(std::string_view text, const std::string& name, const DocumentLimits& limits) {
  Document document;
  document.file_ = name;
  document.text_ = std::string(text);
  auto root = std::make_unique<Value>();
  if (!ParseYaml(text, name, limits, *root, document.problems_)) return document;
  if (root->kind == Value::Kind::kMap) {
    document.root_ = std::move(root);
  } else if (root->kind == Value::Kind::kNull) {
    document.Add({name, 0, 0, "", "the file is empty"});
  } else {
    document.Add({name, root->line, root->column, "", "expected keys and values"});
  }
  return document;
}

Section Document::root() { return Section(*this, root_.get(), ""); }

Problems Document::TakeProblems() {
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return std::move(problems_);
}

// A file full of nonsense must not make a report without end.
void Document::Add(Problem problem) {
  constexpr size_t kMaxProblems = 200;
  if (problems_.size() < kMaxProblems) problems_.push_back(std::move(problem));
}

std::string Document::Resolve(std::string_view path) const {
  const std::filesystem::path given{std::string(path)};
  if (given.is_absolute()) return given.string();
  return (std::filesystem::path(file_).parent_path() / given).lexically_normal().string();
}

}  // namespace postern::config
