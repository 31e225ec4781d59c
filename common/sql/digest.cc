#include <array>

#include "common/sql/ascii.h"
#include "common/sql/ast/name.h"
#include "common/sql/lexer/lexer.h"
#include "common/sql/read.h"

namespace postern::sql {
namespace {

// FNV-1a in 128 bits. Groups statements of one shape; nothing is authorised by it.
class Hash {
 public:
  void Add(std::string_view text) {
    for (char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * kPrime;
    value_ = (value_ ^ 0x1F) * kPrime;
  }
  std::string Hex() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out(32, '0');
    Wide rest = value_;
    for (size_t i = out.size(); i-- > 0; rest >>= 4) out[i] = kDigits[static_cast<unsigned>(rest & 15)];
    return out;
  }

 private:
  using Wide = unsigned __int128;
  static constexpr Wide kPrime = (static_cast<Wide>(1) << 88) + 0x13B;
  Wide value_ = (static_cast<Wide>(0x6c62272e07bb0142u) << 64) + 0x62b821756295c58du;
};

bool IsLiteral(const Token& token) {
  switch (token.kind) {
    case TokenKind::kString:
    case TokenKind::kNationalString:
    case TokenKind::kHexString:
    case TokenKind::kBitString:
    case TokenKind::kHexNumber:
    case TokenKind::kBitNumber:
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
    case TokenKind::kNullBackslash:
    case TokenKind::kParameter: return true;
    case TokenKind::kWord: return token.keyword == Kw::kNULL || token.keyword == Kw::kTRUE || token.keyword == Kw::kFALSE;
    case TokenKind::kEnd:
    case TokenKind::kError:
    case TokenKind::kQuotedName:
    case TokenKind::kIntroducer:
    case TokenKind::kUserVariable:
    case TokenKind::kSystemVariable:
    case TokenKind::kHint:
    case TokenKind::kOperator: return false;
  }
  return false;
}

// Collapses ? , ? to ... and ( ? ) , ( ? ) to ( ? ) , ... while pieces go by.
class Shape {
 public:
  explicit Shape(size_t max_bytes) : max_bytes_(max_bytes) {}

  void Literal() {
    if (run_ == Run::kAfterComma) {
      run_ = Run::kList;
      return;
    }
    Flush();
    run_ = Run::kOne;
  }
  void Piece(std::string_view piece) {
    if (piece == "," && (run_ == Run::kOne || run_ == Run::kList)) {
      many_ |= run_ == Run::kList;
      run_ = Run::kAfterComma;
      listed_ = true;
      return;
    }
    Flush();
    Emit(piece);
  }
  Digest Finish() {
    Flush();
    EmitRow();
    return {std::move(text_), hash_.Hex()};
  }

 private:
  enum class Run { kNone, kOne, kAfterComma, kList };

  void Flush() {
    const bool dangling = run_ == Run::kAfterComma;
    if (run_ != Run::kNone) Emit(run_ == Run::kOne ? "?" : many_ || run_ == Run::kList ? "..." : "?");
    if (dangling) Emit(",");
    run_ = Run::kNone;
    many_ = listed_ = false;
  }

  // Rows of literals: the second and later ones are dropped.
  void Emit(std::string_view piece) {
    static constexpr size_t kRow = 3;
    pending_[pending_count_++] = piece == "?" ? "?" : piece == "..." ? "..." : piece;
    if (pending_count_ < kRow + 1) {
      if (Fits()) return;
      return EmitRow();
    }
    EmitRow();
  }

  // Whether what is pending may still become ", ( ... )" or "( ... )".
  bool Fits() const {
    size_t i = 0;
    if (pending_[0] == ",") ++i;
    static constexpr std::string_view kWant[] = {"(", "?", ")"};
    for (size_t want = 0; i < pending_count_ && want < 3; ++i, ++want) {
      if (pending_[i] == kWant[want] || (want == 1 && pending_[i] == "...")) continue;
      return false;
    }
    const size_t full = pending_[0] == "," ? 4 : 3;
    return pending_count_ < full;
  }

  void EmitRow() {
    const bool comma = pending_count_ == 4 && pending_[0] == ",";
    const size_t open = comma ? 1 : 0;
    const bool row = pending_count_ == open + 3 && pending_[open] == "(" && pending_[open + 2] == ")" &&
                     (pending_[open + 1] == "?" || pending_[open + 1] == "...");
    if (row && comma && last_was_row_) {
      if (!said_more_) {
        Write(",");
        Write("...");
        said_more_ = true;
      }
      pending_count_ = 0;
      return;
    }
    for (size_t i = 0; i < pending_count_; ++i) Write(pending_[i]);
    if (row) said_more_ = false;
    last_was_row_ = row;
    pending_count_ = 0;
  }

  void Write(std::string_view piece) {
    hash_.Add(piece);
    if (text_.size() >= max_bytes_) return;
    if (!text_.empty()) text_ += ' ';
    text_ += piece;
  }

  Hash hash_;
  std::string text_;
  size_t max_bytes_;
  Run run_ = Run::kNone;
  bool many_ = false;
  bool listed_ = false;
  std::array<std::string, 4> pending_;
  size_t pending_count_ = 0;
  bool last_was_row_ = false;
  bool said_more_ = false;
};

std::string PieceOf(const Token& token, std::string_view text) {
  if (token.keyword != Kw::kNone) return std::string(KeywordText(token.keyword));
  if (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName) return "`" + Unquote({text}) + "`";
  return std::string(text);
}

}  // namespace

Digest DigestOf(std::string_view text, const Dialect& dialect, size_t max_text_bytes) {
  Lexer lexer(text, dialect);
  Shape shape(max_text_bytes);
  for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token.kind == TokenKind::kError) return {};
    if (token.op == Op::kSemicolon || token.kind == TokenKind::kHint) continue;
    if (IsLiteral(token)) {
      shape.Literal();
    } else {
      shape.Piece(PieceOf(token, text.substr(token.begin, token.end - token.begin)));
    }
  }
  return shape.Finish();
}

}  // namespace postern::sql
