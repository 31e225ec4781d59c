#include <initializer_list>
#include <vector>

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

bool IsLiteral(TokenKind kind) {
  switch (kind) {
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
    case TokenKind::kEnd:
    case TokenKind::kError:
    case TokenKind::kWord:
    case TokenKind::kQuotedName:
    case TokenKind::kIntroducer:
    case TokenKind::kUserVariable:
    case TokenKind::kSystemVariable:
    case TokenKind::kHint:
    case TokenKind::kOperator: return false;
  }
  return false;
}

// Writes pieces out, a few late, so that `? , ?` can become `...` and `( ? ) , ( ? )` can become `( ? ) , ...`.
class Shape {
 public:
  explicit Shape(size_t max_bytes) : max_bytes_(max_bytes) {}

  void Literal() {
    if (Ends({",", "?"}) || Ends({",", "..."})) {
      late_.pop_back();
      late_.back() = "...";
    } else {
      Push("?");
    }
  }

  void Piece(std::string piece) {
    if (piece != ")" || !(Ends({"?", "("}) || Ends({"...", "("}))) return Push(std::move(piece));
    const std::string row = "( " + late_.back() + " )";
    late_.pop_back();
    late_.back() = row;
    if (late_.size() < 3 || late_[late_.size() - 2] != ",") return;
    const std::string& before = late_[late_.size() - 3];
    if (before == ", ...") {
      late_.resize(late_.size() - 2);
    } else if (before.front() == '(' && before.size() > 1) {
      late_.resize(late_.size() - 2);
      late_.push_back(", ...");
    }
  }

  Digest Finish() {
    for (const std::string& piece : late_) Write(piece);
    return {std::move(text_), hash_.Hex()};
  }

 private:
  // Whether the latest pieces, latest first, are these.
  bool Ends(std::initializer_list<std::string_view> pieces) const {
    if (late_.size() < pieces.size()) return false;
    size_t i = late_.size();
    for (std::string_view piece : pieces) {
      if (late_[--i] != piece) return false;
    }
    return true;
  }

  void Push(std::string piece) {
    static constexpr size_t kLate = 6;
    if (late_.size() == kLate) {
      Write(late_.front());
      late_.erase(late_.begin());
    }
    late_.push_back(std::move(piece));
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
  std::vector<std::string> late_;
};

// Walks the tokens with what stood before each, which tells NULL the value from IS NULL and a sign from a minus.
class Walk {
 public:
  Walk(std::string_view text, const Dialect& dialect, size_t max_bytes)
      : text_(text), dialect_(dialect), shape_(max_bytes) {}

  Digest Run() {
    Lexer lexer(text_, dialect_);
    for (Token token = lexer.Next(); token.kind != TokenKind::kEnd; token = lexer.Next()) {
      if (token.kind == TokenKind::kError) return {};
      if (token.op == Op::kSemicolon || token.kind == TokenKind::kHint) continue;
      Take(token);
      before_ = token;
    }
    if (sign_) shape_.Piece("-");
    return shape_.Finish();
  }

 private:
  bool AfterOperand() const {
    if (before_.kind == TokenKind::kWord) return !IsReserved(before_.keyword, dialect_);
    if (before_.kind == TokenKind::kOperator) return before_.op == Op::kClose;
    return before_.kind != TokenKind::kEnd;
  }

  void Take(const Token& token) {
    const bool word_value = token.keyword == Kw::kNULL || token.keyword == Kw::kTRUE || token.keyword == Kw::kFALSE;
    const bool value = IsLiteral(token.kind) || (word_value && before_.keyword != Kw::kIS && before_.keyword != Kw::kNOT);
    if (sign_ && !value) shape_.Piece("-");
    sign_ = token.op == Op::kMinus && !AfterOperand();
    if (sign_) return;
    if (value) return shape_.Literal();
    shape_.Piece(PieceOf(token));
  }

  std::string PieceOf(const Token& token) const {
    const std::string_view text = text_.substr(token.begin, token.end - token.begin);
    if (token.keyword != Kw::kNone && (IsReserved(token.keyword, dialect_) || before_.kind == TokenKind::kEnd)) {
      return std::string(KeywordText(token.keyword));
    }
    if (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName) return "`" + Unquote({text}) + "`";
    return std::string(text);
  }

  std::string_view text_;
  const Dialect& dialect_;
  Shape shape_;
  Token before_;
  bool sign_ = false;
};

}  // namespace

Digest DigestOf(std::string_view text, const Dialect& dialect, size_t max_text_bytes) {
  return Walk(text, dialect, max_text_bytes).Run();
}

}  // namespace postern::sql
