// Stored programs. Their bodies are statements too; what stands in one runs later and under another's name.
#include "common/sql/parser/parser.h"

namespace postern::sql {

// PROCEDURE, FUNCTION, TRIGGER or EVENT is current; the definer is read.
Statement* Parser::ParseCreateRoutine(bool /*or_replace*/) {
  if (At(Kw::kPROCEDURE)) hint_ = Verb::kCreateProcedure;
  if (AtAny(Kw::kFUNCTION, Kw::kAGGREGATE)) hint_ = Verb::kCreateFunction;
  if (At(Kw::kTRIGGER)) hint_ = Verb::kCreateTrigger;
  if (At(Kw::kEVENT)) hint_ = Verb::kCreateEvent;
  Fail("another object");
  return Make(NewCommand(hint_));
}

}  // namespace postern::sql
