// A string that is wiped when it is dropped: passwords and tokens on their way through. Moves, never copies, never
// prints.
#ifndef POSTERN_COMMON_MYSQL_FLOW_SECRET_H_
#define POSTERN_COMMON_MYSQL_FLOW_SECRET_H_

#include <string>
#include <string_view>
#include <utility>

namespace postern::mysql {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  Secret(Secret&& other) noexcept : text_(other.text_) { other.Wipe(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { Wipe(); }

  // The plain text; the view dies with this object.
  std::string_view Reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  void Wipe();

 private:
  std::string text_;
};

// Wipes a buffer that held a secret on the wire (a password packet, an assembler's chunk).
void WipeString(std::string& text);

}  // namespace postern::mysql

#endif  // POSTERN_COMMON_MYSQL_FLOW_SECRET_H_
