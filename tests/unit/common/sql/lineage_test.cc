// Where the values of a result come from, with the target's schema at hand.
#include <catch2/catch.hpp>

#include <string>

#include "common/sql/read.h"
#include "fake_schema.h"

namespace postern::sql {
namespace {

constexpr Dialect kMySql{.vendor = Vendor::kMySql, .version = 90704};
constexpr Dialect kMariaDb{.vendor = Vendor::kMariaDb, .version = 101119};

Facts FactsOf(std::string_view sql, const Dialect& dialect = kMySql) {
  static const FakeSchema schema;
  const Reading reading = Read(sql, dialect, {}, {&schema, "shop"});
  INFO(sql);
  REQUIRE(reading.ok());
  REQUIRE(reading.facts.resolved);
  return reading.facts;
}

std::string Text(const ColumnRef& column) {
  const std::string owner = column.schema == "shop" ? column.table : column.schema + "." + column.table;
  return owner + "." + column.name + (column.exact ? "" : "?") + (column.behind_view ? "^" : "");
}

// "id=customers.id mail=people.mail,customers.email^", each derived one with its first letter: (t)ransformed, (a)ggregated,
// by (s)chema.
std::string Outputs(const Facts& facts) {
  std::string text;
  for (const OutputColumn& output : facts.outputs) {
    text += (text.empty() ? "" : " ") + output.name + "=";
    std::string separator;
    for (const ColumnSource& source : output.sources) {
      const std::string_view how = DerivationName(source.how);
      text += separator + Text(source.column) + (how == "copied" ? "" : how == "by schema" ? "(s)" : "(" + std::string(how.substr(0, 1)) + ")");
      separator = ",";
    }
  }
  for (const std::string& what : facts.unresolved) text += " !" + what;
  return text;
}

std::string OutputsOf(std::string_view sql, const Dialect& dialect = kMySql) { return Outputs(FactsOf(sql, dialect)); }

// What is used otherwise than in what is shown: "email:predicate".
std::string UsesOf(std::string_view sql, const Dialect& dialect = kMySql) {
  std::string text;
  const Facts facts = FactsOf(sql, dialect);
  for (const ColumnUse& use : facts.columns) {
    if (use.role == ColumnRole::kProjected) continue;
    text += (text.empty() ? "" : " ") + Text(use.column) + ":" + std::string(ColumnRoleName(use.role)) + (use.only_compared ? "=" : "");
  }
  for (const std::string& what : facts.unresolved) text += " !" + what;
  return text;
}

}  // namespace

TEST_CASE("a result's columns are followed to the columns of tables") {
  CHECK(OutputsOf("SELECT id, email e FROM customers") == "id=customers.id e=customers.email");
  CHECK(OutputsOf("SELECT EMAIL FROM shop.customers c WHERE 1=0") == "EMAIL=customers.email");
  CHECK(OutputsOf("SELECT * FROM customers") ==
        "id=customers.id name=customers.name email=customers.email card=customers.card "
        "domain=customers.domain,customers.email^(s)");
  CHECK(OutputsOf("SELECT hidden, o.* FROM customers, orders o") ==
        "hidden=customers.hidden id=orders.id customer_id=orders.customer_id status=orders.status total=orders.total");
  CHECK(OutputsOf("TABLE notes") == "id=notes.id text=notes.text");
  CHECK(OutputsOf("SELECT status, email FROM orders JOIN customers ON customer_id = customers.id") ==
        "status=orders.status email=customers.email");
  CHECK(OutputsOf("SELECT HEX(email), CONCAT(name, card), COUNT(card), (email) FROM customers") ==
        "HEX(email)=customers.email(t) CONCAT(name, card)=customers.name(t),customers.card(t) COUNT(card)=customers.card(a) "
        "email=customers.email");
}

TEST_CASE("derived tables, common tables, set operations and subqueries hand on what they take") {
  CHECK(OutputsOf("SELECT d.* FROM (SELECT email AS name, id FROM customers) d") == "name=customers.email id=customers.id");
  CHECK(OutputsOf("SELECT name FROM (SELECT HEX(email) AS name FROM customers) d") == "name=customers.email(t)");
  CHECK(OutputsOf("WITH c (a, b) AS (SELECT id, card FROM customers) SELECT b FROM c") == "b=customers.card");
  CHECK(OutputsOf("WITH customers AS (SELECT 1 AS email) SELECT email FROM customers") == "email=");
  CHECK(OutputsOf("SELECT text FROM notes UNION ALL SELECT email FROM customers") == "text=notes.text,customers.email");
  CHECK(OutputsOf("SELECT (SELECT email FROM customers LIMIT 1) AS x") == "x=customers.email");
  CHECK(OutputsOf("SELECT l.e FROM orders o, LATERAL (SELECT email AS e FROM customers c WHERE c.id = o.customer_id) l") ==
        "e=customers.email");
  CHECK(OutputsOf("SELECT email FROM email") == "email=..email? !column email");
  CHECK(OutputsOf("SELECT email.value FROM email") == "value=email.value");
  CHECK(OutputsOf("SELECT x, (SELECT x) FROM (SELECT email AS x FROM customers) d") == "x=customers.email (SELECT x)=customers.email");
  CHECK(OutputsOf("SELECT email AS a, (SELECT a) FROM customers") == "a=customers.email (SELECT a)=customers.email");
  CHECK(OutputsOf("SELECT MAX(email) OVER (ORDER BY id) FROM customers") == "MAX(email) OVER (ORDER BY id)=customers.email(a)");
}

TEST_CASE("a recursive table is followed until nothing new flows") {
  CHECK(OutputsOf("WITH RECURSIVE r AS (SELECT id, name, email FROM customers UNION ALL SELECT id, name, email FROM r) SELECT id, name, email FROM r") ==
        "id=customers.id name=customers.name email=customers.email");
  CHECK(OutputsOf("WITH RECURSIVE r (a, b, c) AS (SELECT id, name, email FROM customers UNION ALL SELECT b, c, a FROM r) SELECT a FROM r") ==
        "a=customers.id,customers.name(t),customers.email(t)");
}

TEST_CASE("views are read through, and what they make of a value is theirs") {
  CHECK(OutputsOf("SELECT * FROM people") == "who=people.who,customers.name^ mail=people.mail,customers.email^");
  CHECK(OutputsOf("SELECT mail FROM loud") == "mail=loud.mail,people.mail^(s),customers.email^(s)");
  CHECK(OutputsOf("SELECT LOWER(mail) FROM people") == "LOWER(mail)=people.mail(t),customers.email^(t)");
  CHECK(OutputsOf("SELECT x FROM closed") == "x=closed.x !view shop.closed");
  CHECK(UsesOf("SELECT who FROM people WHERE mail = 'x'") == "people.mail:predicate= customers.email^:predicate=");
}

TEST_CASE("columns that a join shares are shown once and come from both sides") {
  CHECK(OutputsOf("SELECT * FROM orders JOIN notes USING (id)") ==
        "id=orders.id,notes.id customer_id=orders.customer_id status=orders.status total=orders.total text=notes.text");
  CHECK(OutputsOf("SELECT * FROM orders o NATURAL JOIN notes n") ==
        "id=orders.id,notes.id customer_id=orders.customer_id status=orders.status total=orders.total text=notes.text");
  CHECK(UsesOf("SELECT 1 FROM customers a JOIN customers b USING (email)") == "customers.email:join=");
}

TEST_CASE("every other use of a column is told") {
  CHECK(UsesOf("SELECT id FROM customers WHERE email = 'a' AND card LIKE '4%'") == "customers.email:predicate= customers.card:predicate");
  CHECK(UsesOf("SELECT id FROM customers WHERE email IN ('a', ?)") == "customers.email:predicate=");
  CHECK(UsesOf("SELECT id FROM customers WHERE email = 'a' OR email > 'b'") == "customers.email:predicate");
  CHECK(UsesOf("SELECT id FROM customers WHERE UPPER(email) = 'a'") == "customers.email:predicate");
  CHECK(UsesOf("SELECT email AS e FROM customers ORDER BY e") == "customers.email:ordering");
  CHECK(UsesOf("SELECT id, email FROM customers ORDER BY 2") == "customers.email:ordering");
  CHECK(UsesOf("SELECT id, email FROM customers ORDER BY 1") == "customers.id:ordering");
  CHECK(UsesOf("SELECT email e, COUNT(*) FROM customers GROUP BY e") == "customers.email:grouping");
  CHECK(UsesOf("SELECT email AS e FROM customers HAVING e LIKE 'a%'") == "customers.email:predicate");
  CHECK(UsesOf("SELECT DISTINCT email FROM customers") == "customers.email:grouping");
  CHECK(UsesOf("SELECT email FROM customers UNION SELECT 'guess'") == "customers.email:grouping");
  CHECK(UsesOf("SELECT email FROM customers UNION ALL SELECT 'guess'").empty());
  CHECK(UsesOf("(SELECT email FROM customers) UNION ALL (SELECT name FROM customers) ORDER BY email") ==
        "customers.email:ordering customers.name:ordering");
  CHECK(UsesOf("SELECT EXISTS (SELECT 1 FROM customers WHERE email = 'x')") == "customers.email:predicate=");
  CHECK(OutputsOf("SELECT 'x' IN (SELECT email FROM customers) AS b") == "b=customers.email(t)");
  CHECK(UsesOf("SELECT ROW_NUMBER() OVER (PARTITION BY email) FROM customers") == "customers.email:ordering");
  CHECK(UsesOf("SELECT domain FROM customers WHERE domain = 'x'") == "customers.domain:predicate= customers.email^:predicate=");
}

TEST_CASE("what is copied to where it can be read is told") {
  CHECK(UsesOf("INSERT INTO notes SELECT id, email FROM customers") ==
        "customers.id:stored customers.email:stored notes.*:assigned");
  CHECK(UsesOf("CREATE TABLE copy AS SELECT email FROM customers") == "customers.email:stored");
  CHECK(UsesOf("SELECT @v := email FROM customers") == "customers.email:stored");
  CHECK(UsesOf("SELECT email INTO @v FROM customers") == "customers.email:stored");
  CHECK(UsesOf("SET @v = (SELECT email FROM customers LIMIT 1)") == "customers.email:stored");
  CHECK(UsesOf("UPDATE notes SET text = (SELECT email FROM customers LIMIT 1)") == "notes.text:assigned customers.email:stored");
  CHECK(UsesOf("UPDATE customers SET name = email WHERE id = 1") ==
        "customers.name:assigned customers.email:stored customers.id:predicate=");
  CHECK(UsesOf("INSERT INTO watched VALUES (1, 'x')") == "customers.id^:stored customers.email^:stored notes.*^:stored watched.*:assigned");
  CHECK(UsesOf("CALL show_all()") ==
        "customers.id^:stored customers.name^:stored customers.email^:stored customers.card^:stored customers.domain^:stored");
  CHECK(UsesOf("CALL gone()") == " !procedure shop.gone");
}

TEST_CASE("a trigger reads the columns of its row") {
  const auto uses = [](std::string_view trigger, std::string_view sql) {
    FakeSchema schema;
    schema.AddTable("shop", "parcel", {{"id"}, {"open"}, {"secret"}})->triggers = {std::string(trigger)};
    schema.AddView("shop", "parcel_view", {{"id"}, {"open"}}, "select `shop`.`parcel`.`id` AS `id`,`shop`.`parcel`.`open` AS `open` from `shop`.`parcel`");
    const Reading reading = Read(sql, kMySql, {}, {&schema, "shop"});
    INFO(trigger);
    REQUIRE(reading.ok());
    std::string text;
    for (const ColumnUse& use : reading.facts.columns) {
      if (use.role == ColumnRole::kStored && use.column.table != "notes") text += Text(use.column) + " ";
    }
    for (const std::string& what : reading.facts.unresolved) text += "!" + what + " ";
    return text;
  };
  constexpr std::string_view kUpdate = "UPDATE parcel SET open = 'x' WHERE id = 1";
  CHECK(uses("UPDATE INSERT INTO notes (text) VALUES (NEW.secret)", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE INSERT INTO notes (text) VALUES (CONCAT(old.secret, '!'))", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE INSERT INTO notes (text) SELECT OLD.secret", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE CALL note(OLD.secret)", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE SET @leak = OLD.secret", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE IF OLD.secret LIKE 'S%' THEN SET NEW.open = 'y'; END IF", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE BEGIN IF 1 THEN BEGIN IF OLD.secret > NEW.open THEN SIGNAL SQLSTATE '45000'; END IF; END; END IF; END", kUpdate) ==
        "parcel.secret^ parcel.open^ ");
  CHECK(uses("UPDATE SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = OLD.secret", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE BEGIN DECLARE s TEXT DEFAULT OLD.secret; SET @leak = s; END", kUpdate) == "parcel.secret^ ");
  CHECK(uses("UPDATE UPDATE notes SET text = NEW.secret WHERE id = NEW.id", kUpdate) == "parcel.secret^ parcel.id^ ");
  CHECK(uses("UPDATE SET NEW.open = OLD.nothing", kUpdate) == "!column OLD.nothing ");
  CHECK(uses("DELETE INSERT INTO notes (text) VALUES (OLD.secret)", "DELETE FROM parcel WHERE id = 1") == "parcel.secret^ ");
  CHECK(uses("DELETE INSERT INTO notes (text) VALUES (OLD.secret)", "DELETE parcel FROM parcel JOIN notes USING (id)") == "parcel.secret^ ");
  CHECK(uses("DELETE INSERT INTO notes (text) VALUES (OLD.secret)", "REPLACE INTO parcel (id) VALUES (1)") == "parcel.secret^ ");
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", "INSERT INTO parcel (id) VALUES (1) ON DUPLICATE KEY UPDATE open = 'x'") == "parcel.secret^ ");
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", "UPDATE parcel JOIN notes USING (id) SET parcel.open = 'x'") == "parcel.secret^ ");
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", "UPDATE parcel_view SET open = 'x'") == "parcel.secret^ ");
  // What is the statement's own, and what does not run.
  CHECK(uses("INSERT INSERT INTO notes (text) VALUES (NEW.secret)", "INSERT INTO parcel (id, secret) VALUES (1, 'x')").empty());
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", "INSERT INTO parcel (id) VALUES (1)").empty());
  CHECK(uses("UPDATE SET NEW.open = OLD.secret", "DELETE FROM parcel WHERE id = 1").empty());
  CHECK(uses("INSERT INSERT INTO notes (text) VALUES (NEW.secret)", kUpdate).empty());
  CHECK(uses("UPDATE SET NEW.open = UPPER(NEW.open)", kUpdate) == "parcel.open^ ");
  // What nobody can read.
  CHECK(uses("", kUpdate) == "!a trigger of shop.parcel ");
  CHECK(uses("INSERT,UPDATE SET NEW.open = 'x'", kUpdate) == "!a trigger of shop.parcel ");
  CHECK(uses("UPDATE INSERT INTO parcel (id) VALUES (NEW.id)", kUpdate) == "parcel.id^ ");
}

TEST_CASE("a function that keeps what it is given is told") {
  CHECK(UsesOf("SELECT id FROM customers WHERE keep(email)") == "customers.email:stored");
  CHECK(UsesOf("SELECT id FROM customers WHERE shop.keep(email)") == "customers.email:stored");
  CHECK(UsesOf("SELECT keep_via(email) FROM customers") == "customers.email:stored");
  CHECK(UsesOf("SELECT id FROM logged") == "customers.email^:stored");
  CHECK(UsesOf("SELECT id FROM twiced").empty());
  CHECK(UsesOf("SELECT id FROM customers WHERE twice(card) > 1") == "customers.card:predicate");
}

TEST_CASE("bodies that call each other end, and one that changes the schema is not followed") {
  CHECK(FactsOf("SELECT ping(1)").unresolved.size() > 0);
  CHECK(UsesOf("CALL swap()").find("!procedure shop.swap") != std::string::npos);
}

TEST_CASE("a default may be made of any column of its table") {
  CHECK(OutputsOf("SELECT DEFAULT(open) FROM kept") == "DEFAULT(open)=kept.id^(t),kept.open^(t),kept.secret^(t),kept.open(t)");
  CHECK(OutputsOf("SELECT DEFAULT(open) FROM kept_open").find("kept.secret^(t)") != std::string::npos);
  CHECK(UsesOf("UPDATE kept SET open = DEFAULT").find("kept.secret^:stored") != std::string::npos);
  CHECK(UsesOf("UPDATE kept k JOIN notes n USING (id) SET k.open = DEFAULT").find("kept.secret^:stored") != std::string::npos);
  CHECK(UsesOf("INSERT INTO kept (id) VALUES (1) ON DUPLICATE KEY UPDATE open = DEFAULT").find("kept.secret^:stored") != std::string::npos);
  CHECK(UsesOf("INSERT INTO kept (id, open) VALUES (1, DEFAULT)") == "kept.id:assigned kept.open:assigned");
  CHECK(UsesOf("INSERT INTO kept SET id = 1, open = DEFAULT") == "kept.id:assigned kept.open:assigned");
  CHECK(UsesOf("INSERT INTO kept (id, open) VALUES (1, 2) ON DUPLICATE KEY UPDATE open = VALUES(open)") ==
        "kept.id:assigned kept.open:assigned kept.open:stored");
}

TEST_CASE("a stored function hands out what it reads") {
  CHECK(OutputsOf("SELECT mail_of(1)") == "mail_of(1)=customers.email^(t),customers.id^(t)");
  CHECK(OutputsOf("SELECT twice(id) FROM notes") == "twice(id)=notes.id(t)");
  CHECK(OutputsOf("SELECT gone(1)") == "gone(1)= !function shop.gone");
}

TEST_CASE("what the schema does not know is said") {
  CHECK(OutputsOf("SELECT a FROM nowhere") == "a=nowhere.a !table shop.nowhere");
  CHECK(OutputsOf("SELECT nothing FROM customers") == "nothing=..nothing? !column nothing");
  CHECK(OutputsOf("SELECT c.nothing FROM customers c") == "nothing=.c.nothing? !column c.nothing");
  CHECK(OutputsOf("SELECT `em\xC3\xA4il` FROM customers") == "em\xC3\xA4il=..em\xC3\xA4il? !column em\xC3\xA4il");
  CHECK(UsesOf("HANDLER customers OPEN AS h") == "");
  CHECK(OutputsOf("HANDLER customers OPEN AS h") == "*=customers.*");
  CHECK(OutputsOf("CHECKSUM TABLE customers") == "*=customers.*(a)");
}

TEST_CASE("a name that some server takes for another is not known") {
  const auto unresolved = [](std::string_view sql) { return !FactsOf(sql, kMariaDb).unresolved.empty(); };
  CHECK(unresolved("WITH Orders AS (SELECT email AS id FROM customers) SELECT id FROM orders"));
  CHECK(unresolved("WITH RECURSIVE a AS (SELECT * FROM orders), orders AS (SELECT email FROM customers) SELECT * FROM a"));
  CHECK(unresolved("SELECT (SELECT k FROM (SELECT email AS `\xE2\x84\xAA` FROM customers) q) FROM (SELECT 1 AS k) o"));
  CHECK(unresolved("SELECT (SELECT x.d FROM (SELECT email AS c FROM customers) x) FROM (SELECT 1 AS d) x"));
  CHECK(OutputsOf("SELECT x.c FROM (SELECT email AS ' c' FROM customers) x") == "c=customers.email");
  CHECK_FALSE(Read("SELECT email FROM customers PROCEDURE ANALYSE()", kMariaDb).ok());
}

TEST_CASE("RETURNING shows columns as a SELECT does") {
  CHECK(OutputsOf("DELETE FROM customers RETURNING email, id", kMariaDb) == "email=customers.email id=customers.id");
  CHECK(OutputsOf("INSERT INTO customers (id) VALUES (1) RETURNING *", kMariaDb).find("email=customers.email") != std::string::npos);
}

TEST_CASE("views that read each other end") {
  FakeSchema schema;
  schema.AddView("shop", "a", {{"x"}}, "select `x` from `shop`.`b`");
  schema.AddView("shop", "b", {{"x"}}, "select `x` from `shop`.`a`");
  const Reading reading = Read("SELECT x FROM a", kMySql, {}, {&schema, "shop"});
  REQUIRE(reading.ok());
  CHECK_FALSE(reading.facts.unresolved.empty());
}

TEST_CASE("a batch's USE moves where names are looked up") {
  FakeSchema schema;
  schema.AddTable("other", "customers", {{"email"}});
  const BatchReading batch = ReadBatch("SELECT email FROM customers; USE other; SELECT email FROM customers", kMySql, {}, {&schema, "shop"});
  REQUIRE(batch.ok());
  CHECK(batch.statements[0].facts.outputs[0].sources[0].column.schema == "shop");
  CHECK(batch.statements[2].facts.outputs[0].sources[0].column.schema == "other");
}

}  // namespace postern::sql
