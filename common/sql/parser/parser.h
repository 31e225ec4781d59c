// Builds one statement's tree from tokens, by recursive descent: dispatch on the first keyword, then the second. A rule
// that does not fit calls Fail once; from then on the current token is the end, so every loop stops and every rule
// unwinds without looking. Nothing of a failed parse is used. One parse, one thread; text and arena must outlive it.
//
// The rules of each family stand in parse_<family>.cc.
#ifndef POSTERN_COMMON_SQL_PARSER_PARSER_H_
#define POSTERN_COMMON_SQL_PARSER_PARSER_H_

#include <optional>
#include <string_view>

#include "common/sql/ast/statement.h"
#include "common/sql/dialect.h"
#include "common/sql/lexer/lexer.h"
#include "common/sql/parse_error.h"
#include "common/sql/parser/outline.h"

namespace postern::sql {

class Parser {
 public:
  // Fills an outline if one is given, which must be empty and outlive the parser.
  Parser(std::string_view text, const Dialect& dialect, const Limits& limits, Arena& arena, Outline* outline = nullptr);

  // The next statement, up to `;` or the end. Null after the last one and on failure.
  Statement* ParseNext();
  // Refuses a text that starts with `;`, as servers do.
  void RefuseLeadingSemicolon() {
    if (At(Op::kSemicolon)) Fail("a statement");
  }
  // Whether only blanks, comments and semicolons are left.
  bool AtEndOfText();

  bool failed() const { return failed_; }
  // REQUIRES: failed().
  ParseError error() const;
  bool dropped_anything() const { return lexer_.dropped_anything(); }
  size_t current_offset() const { return token_.begin; }

 private:
  struct Depth {
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser.depth_ > parser.limits_.max_depth) parser.FailWith(ParseErrorKind::kTooDeep, "less nesting");
    }
    ~Depth() { --parser_.depth_; }
    Parser& parser_;
  };
  friend struct Depth;

  // Tokens: token_stream.cc
  void Advance();
  const Token& Peek(size_t ahead = 1);
  Token Fetch();
  bool At(Kw keyword) const { return token_.keyword == keyword; }
  bool At(Op op) const { return token_.op == op; }
  bool At(TokenKind kind) const { return token_.kind == kind; }
  bool AtWord(std::string_view word) const;
  template <typename... More>
  bool AtAny(Kw first, More... more) const {
    return token_.keyword != Kw::kNone && (At(first) || (At(more) || ...));
  }
  bool Accept(Kw keyword);
  bool Accept(Op op);
  bool AcceptAll(Kw first, Kw second);
  bool AcceptWord(std::string_view word);
  template <typename... More>
  bool AcceptAny(Kw first, More... more) {
    if (!AtAny(first, more...)) return false;
    Advance();
    return true;
  }
  void Expect(Kw keyword);
  void Expect(Op op);
  // The comma between rows, each of which begins a line.
  bool AcceptNextRow() {
    if (!Accept(Op::kComma)) return false;
    NewLine(1);
    return true;
  }
  // As Accept, and a line begins here.
  bool AcceptClause(Kw keyword) {
    if (!At(keyword)) return false;
    NewLine();
    Advance();
    return true;
  }
  void Fail(std::string_view expected);
  void FailWith(ParseErrorKind kind, std::string_view expected);
  bool IsName(const Token& token) const;
  bool AtName() const { return IsName(token_); }
  bool AtEnd() const { return token_.kind == TokenKind::kEnd || token_.op == Op::kSemicolon; }
  std::string_view TextOf(const Token& token) const { return text_.substr(token.begin, token.end - token.begin); }
  std::string_view TextFrom(uint32_t begin) const { return text_.substr(begin, last_end_ - begin); }
  bool mariadb() const { return dialect_.IsMariaDb(); }
  bool Since(Vendor vendor, int version) const { return dialect_.AtLeast(vendor, version); }
  template <typename T>
  T* New() {
    if (arena_.bytes() > limits_.max_tree_bytes) FailWith(ParseErrorKind::kTooManyTokens, "a shorter statement");
    return arena_.New<T>();
  }

  // What the outline is told of the current token, if one is wanted.
  struct Indent {
    explicit Indent(Parser& parser) : parser_(parser) { ++parser_.level_; }
    ~Indent() { --parser_.level_; }
    Parser& parser_;
  };
  friend struct Indent;
  void NoteName(const Token& token) {
    if (outline_ != nullptr) outline_->names.push_back(token.begin);
  }
  void NoteClose() {
    if (outline_ != nullptr) outline_->close.push_back(token_.begin);
  }
  void NoteCall() {
    if (outline_ != nullptr) outline_->calls.push_back(token_.begin);
  }
  void NewLine(uint32_t deeper = 0) {
    if (outline_ != nullptr) outline_->lines.push_back({token_.begin, level_ + deeper});
  }

  // Names and small things: parse_name.cc
  Name ParseName(std::string_view what);
  Name ParseNameOrString(std::string_view what);
  Name ParseAnyWord(std::string_view what);  // reserved words too
  ObjectName ParseObjectName(std::string_view what);
  Name ParseOptionalAlias(bool strings);
  std::string_view ParseString(std::string_view what);
  std::string_view ParseUnsigned(std::string_view what);
  void ParseSize();       // 10, 10M
  void ParseNumberOrHex();
  Name ParseCharsetName();
  Name ParseAccount();
  void ParseNameList();
  List<NameRef> ParseParenthesizedNames();
  bool AcceptIfExists();
  bool AcceptIfNotExists();
  std::string_view AcceptHint();

  // Expressions: parse_expr.cc
  Expr* NewExpr(ExprKind kind);
  Expr* Finish(Expr* expr);
  void CountStacked(uint32_t& operators);
  Expr* ParseExpr();
  Expr* ParseXor();
  Expr* ParseAnd();
  Expr* ParseNot();
  Expr* ParseIs();
  Expr* ParseComparison();
  Expr* ParseQuantified(Op op);
  Expr* ParsePredicate();
  Expr* ParsePredicateTail(Expr* left);
  Expr* ParseIn(Expr* left, bool negated);
  Expr* ParseBetween(Expr* left, bool negated);
  Expr* ParseLike(Expr* left, bool negated);
  Expr* ParseBit(int min_precedence = 1);
  Expr* ParseSimple();
  Expr* ParseUnary();
  Expr* ParsePostfix(Expr* operand);
  int BitPrecedence() const;
  void ParseExprList(List<Expr>& list);
  // As ParseExprList, but plain literals are read and not kept.
  void ParseValues(List<Expr>& list, bool allow_default);
  bool SkipPlainLiteral();
  void PassLiteralRows();
  void ParseOrderList(List<Expr>& list);

  // Operands: parse_operand.cc
  Expr* ParseOperand();
  Expr* ParseLiteral();
  Expr* ParseUserVariable();
  Expr* ParseSystemVariable();
  Expr* ParseParenthesized();
  Expr* ParseOdbcEscape();
  Expr* ParseWordOperand();
  Expr* ParseColumnOrCall();
  Expr* ParseCase();
  Expr* ParseIntervalOperand();
  Expr* ParseInterval(Expr* amount, uint32_t begin);
  bool AtIntervalUnit() const;
  Expr* ParseMatch();
  Expr* ParseExists();
  Expr* ParseRow();
  Expr* ParseDefaultOperand();
  Expr* ParseValuesOperand();
  Expr* ParseTemporal();
  Expr* ParseNextValue();
  Expr* ParseConvert();
  Expr* ParseCast();
  Expr* SubqueryExpr(Query* query, uint32_t begin);

  // Function calls: parse_function.cc
  Expr* ParseCall(Expr* call);
  void ParseCallArguments(Expr* call);
  void ParseCount(Expr* call);
  void ParseAggregateArguments(Expr* call);
  void ParseTrim(Expr* call);
  void ParseSubstring(Expr* call);
  void ParseDateArithmetic(Expr* call);
  void ParseWeightString(Expr* call);
  void ParseJsonValue(Expr* call);
  void ParseJsonOnResponse();
  void ParseSequenceCall(Expr* call);
  void ParseDynamicColumns(Expr* call);
  void ParseDualityObject(Expr* call);
  bool ParseSpecialArguments(Expr* call);
  void ParseCallSuffix(Expr* call);
  Window* ParseWindow();
  void ParseWindowBody(Window* window);
  void ParseFrame(Window* window);
  void ParseFrameBound(Window* window);

  // Types: parse_type.cc
  void ParseCastType();
  bool ParseDataType();
  void ParseTypeLength();
  void ParseCharsetAttributes();

  // Queries: parse_query.cc, parse_table.cc
  bool AtQueryStart();
  bool AtValuesQuery();
  Query* ParseQuery();
  Query* ParseIndentedQuery();
  Query* ParseQueryFrom(Query* query);
  Query* ParseQueryInParentheses();
  Query* WrapQuery(Query* inner);
  void ParseWith(List<CommonTable>& with);
  QueryTerm* ParseTerm();
  void ParseSetOperations(Query* query);
  void ParseQueryTail(Query* query);
  void ParseLimit(List<Expr>& limit, bool offsets);
  bool ParseLocking();
  void ParseInto(Into& into);
  void ParseFetchFirst(List<Expr>& limit);
  void ParseLimitValue(List<Expr>& limit);
  void ParseFileFormat();
  SelectBlock* ParseSelect();
  void ParseSelectOptions(SelectBlock* select);
  void ParseSelectItems(List<SelectItem>& items);
  SelectItem* ParseSelectItem();
  void ParseValuesRows(List<Expr>& values);
  void ParseFrom(List<TableRef>& tables);
  void ParseTableList(List<TableRef>& tables);
  void ParseJoins(List<TableRef>& tables);
  bool AcceptJoin(JoinKind& join, bool& natural);
  TableRef* ParseTableFactor();
  TableRef* ParseTableParentheses();
  TableRef* ParseDerived(Query* query);
  TableRef* ParseNamedTable();
  void ParseJsonTable(TableRef* table);
  void ParseJsonColumns();
  bool ParseIndexHints();
  bool ParsePartitionNames();
  void ParseSystemTime(List<Expr>& exprs);

  // Rows: parse_dml.cc
  Statement* ParseInsert();
  void ParseInsertSource(Insert* insert);
  void ParseInsertTail(Insert* insert);
  void ParseAssignments(List<Assignment>& list);
  Statement* ParseUpdate(List<CommonTable> with);
  Statement* ParseDelete(List<CommonTable> with);
  void ParseDeleteTargets(List<TableRef>& targets);
  void ParseReturning(List<SelectItem>& returning);
  void ParsePortion(List<Expr>& bounds);
  Statement* ParseLoad();
  Statement* ParseLoadIndex();
  Statement* ParseWithStatement();

  // Commands: one file a family.
  Statement* Make(AnyStatement any);
  Command* NewCommand(Verb verb);
  ObjectRef* AddObject(Command* command, ObjectKind kind, Access access, const ObjectName& name);
  void AddFixed(Command* command, std::string_view what);
  void ParseObjectList(Command* command, ObjectKind kind, Access access, std::string_view what);
  Statement* ParseStatement();
  Statement* ParseStatementByWord();
  void Hint(Verb verb) {
    if (statement_depth_ <= 1) hint_ = verb;  // of the outermost statement
  }

  // parse_transaction.cc
  Statement* ParseStart();
  Statement* ParseBegin();
  Statement* ParseCommitOrRollback();
  Statement* ParseSavepoint();
  Statement* ParseRelease();
  Statement* ParseXa();
  void ParseXid();
  void ParseChainAndRelease();
  // parse_session.cc
  Statement* ParseSet();
  std::string_view ParseIsolationLevel();
  Statement* ParseSetTransaction(VariableScope scope);
  Statement* ParseSetPassword();
  Statement* ParseSetRole();
  Statement* ParseSetDefaultRole();
  Statement* ParseSetResourceGroup();
  Statement* ParseSetStatement();
  void ParseSetItems(Set* set);
  SetItem* ParseSetItem();
  void ParseSetVariableName(SetItem* item);
  void ParseSetValue(SetItem* item);
  VariableScope AcceptScope(bool& given);
  Statement* ParseUse();
  Statement* ParsePrepare();
  Statement* ParseExecute();
  Statement* ParseDeallocate();
  // parse_show.cc
  Statement* ParseShow();
  void ParseShowBody(Command* command);
  bool ParseShowCreate(Command* command);
  bool ParseShowTables(Command* command);
  bool ParseShowServer(Command* command);
  bool ParseShowMariaDb(Command* command);
  void ParseShowFilter(Command* command);
  void ParseShowInSchema(Command* command);
  void ParseShowOfTable(Command* command);
  void ParseShowLog(Command* command);
  void ParseChannel();
  void ParseConnectionOrChannel();
  Statement* ParseExplain();
  Statement* ParseDescribeTable(Verb verb);
  Statement* ParseAnalyze();
  Statement* ParseHelp();
  // parse_admin.cc
  Statement* ParseKill();
  Statement* ParseFlush();
  Statement* ParseReset();
  Statement* ParsePurge();
  Statement* ParseTableMaintenance(Verb verb);
  void ParseAnalyzeHistogram();
  Statement* ParseInstall();
  Statement* ParseUninstall();
  Statement* ParseShutdown();
  Statement* ParseCall();
  Statement* ParseDo();
  Statement* ParseHandler();
  Statement* ParseLock();
  Statement* ParseUnlock();
  Statement* ParseCacheIndex();
  Statement* ParseBinlog();
  // parse_ddl.cc
  Statement* ParseCreate();
  Statement* ParseAlter();
  Statement* ParseDrop();
  Statement* ParseTruncate();
  Statement* ParseRename();
  Statement* ParseCreateIndex(bool or_replace);
  Statement* ParseCreateSchema(bool or_replace);
  Statement* ParseCreateDefined(bool or_replace);
  Statement* ParseServer(Verb verb, bool or_replace = false);
  Statement* ParseSequence(Verb verb, bool temporary, bool or_replace);
  Statement* ParseAlterSchema();
  void ParseSchemaOptions();
  Statement* ParseCreateView(bool or_replace);
  void ParseViewBody(Command* command);
  void ParseDefiner();
  Statement* ParseDropTables(bool temporary);
  Statement* ParseDropSimple(Verb verb, ObjectKind kind, bool many);
  void ParseWaitOption();
  void ParseIndexLockAlgorithm();
  // parse_ddl_table.cc
  Statement* ParseCreateTable(bool temporary, bool or_replace);
  void ParseTableElements(Command* command);
  void ParseTableElement(Command* command);
  void ParseColumnDefinition(Command* command);
  void ParseColumnAttributes(Command* command);
  bool ParseColumnAttribute(Command* command);
  void ParseGenerated(Command* command);
  bool ParseIndexOrConstraint(Command* command);
  void ParseKeyParts(Command* command);
  void ParseIndexOptions();
  void ParseReferences(Command* command);
  void ParseCheck(Command* command);
  bool ParseTableOption(Command* command);
  void ParseTableOptions(Command* command);
  void ParsePartitioning(Command* command);
  void ParsePartitionBy(Command* command);
  void ParsePartitionDefinitions(Command* command);
  void ParsePartitionDefinition(Command* command);
  void ParsePartitionOptions();
  void ParseEngineOptionValue();
  void ParseDefaultValue(Command* command);
  // parse_ddl_alter.cc
  Statement* ParseAlterTable();
  void ParseAlterAction(Command* command);
  Statement* ParseAlterView();
  Statement* ParseAlterRoutine();
  Statement* ParseAlterInstance();
  void ParseAlterAdd(Command* command);
  void ParseAlterDrop(Command* command);
  void ParseAlterAlter(Command* command);
  void ParseAlterRename(Command* command);
  bool ParseAlterPartition(Command* command);
  void ParseColumnPlace();
  void AddWithValidation();
  void ParseAllOrNames();
  // parse_account.cc
  Statement* ParseCreateUser(Verb verb);
  Statement* ParseRoles(Verb verb);
  Statement* ParseDropUser();
  Statement* ParseRenameUser();
  void ParseAuth();
  bool ParseFactors();
  void ParseUserOptions();
  void AddAccount(Command* command, ObjectKind kind, Access access);
  Statement* ParseGrant();
  Statement* ParseRevoke();
  void ParsePrivileges(Command* command, bool& roles);
  void ParseGrantTarget(Command* command);
  // parse_routine.cc
  Statement* ParseCreateRoutine(bool or_replace);
  Statement* ParseCreateProcedure(bool or_replace);
  Statement* ParseCreateFunction(bool or_replace);
  Statement* ParseCreateTrigger(bool or_replace);
  Statement* ParseCreateEvent(bool or_replace);
  Statement* ParseCreateLibrary();
  bool ParseForeignBody();
  Statement* ParseAlterEvent();
  void AddCreated(Command* command, ObjectKind kind, bool or_replace);
  void ParseBody(Command* command);
  void ParseParameters(Command* command, bool directions);
  void ParseProgramType();
  void ParseCharacteristics();
  void ParseSchedule(Command* command);
  void ParseEventOptions(Command* command, bool alter);
  // parse_compound.cc
  bool AtCompound();
  Statement* ParseCompound();
  void ParseUnlabelled(Command* command);
  bool AcceptTargetVariable(Command* command);
  void ParseStatements(Command* command);
  void ParseBlock(Command* command);
  void ParseDeclaration(Command* command);
  void ParseCondition();
  void ParseIf(Command* command);
  void ParseCaseStatement(Command* command);
  void ParseForLoop(Command* command);
  Statement* ParseSignal();
  Statement* ParseGetDiagnostics();
  // parse_replication.cc
  void ParseOptionValue();
  void ParseOptionList();
  Statement* ParseChange();
  Statement* ParseReplica(bool start);
  Statement* ParseStop();
  Statement* ParseBackup();
  Statement* ParseClone();
  Statement* ParseImport();
  // parse_storage.cc
  void ParseStorageOptions();
  Statement* ParseTablespace(Verb verb);
  Statement* ParseLogfileGroup(Verb verb);
  Statement* ParseResourceGroup(Verb verb);
  Statement* ParseSpatialReferenceSystem(Verb verb);

  std::string_view text_;
  Dialect dialect_;
  Limits limits_;
  Arena& arena_;
  Lexer lexer_;
  Token token_;
  Token ahead_[4];
  size_t ahead_count_ = 0;
  uint32_t last_end_ = 0;
  uint32_t tokens_ = 0;
  uint32_t depth_ = 0;
  uint32_t stacked_ = 0;  // operators behind operands that have one of the kind already
  uint32_t parameters_ = 0;
  Expr* seed_ = nullptr;  // an operand that is parsed already and that the next ParseOperand takes
  TableRef* table_seed_ = nullptr;  // likewise for ParseTableFactor
  bool failed_ = false;
  ParseErrorKind error_kind_ = ParseErrorKind::kSyntax;
  size_t error_offset_ = 0;
  std::string error_found_;
  std::string_view error_expected_;
  Verb hint_ = Verb::kUnknown;
  uint32_t statement_depth_ = 0;  // statements inside statements
  uint32_t in_program_ = 0;       // blocks and bodies of stored programs
  Outline* outline_ = nullptr;
  uint32_t level_ = 0;            // of lines in the outline
};

}  // namespace postern::sql

#endif  // POSTERN_COMMON_SQL_PARSER_PARSER_H_
