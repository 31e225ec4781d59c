"""Two worlds that differ in nothing but the values of masked columns.

Whatever an agent is shown must be the same in both: then it tells nothing of those values, by whatever way. The values are
canaries: letters that stand together in no word, and numbers that nothing else here contains, so that a piece that got through is
found as well.
"""
import dataclasses
import random

LETTERS = "jqxzvkw"
PEOPLE = ("Ada", "Bert", "Cleo", "Dora", "Emil", "Fay")
CITIES = ("Oslo", "Rome", "Oslo", "Bern", "Rome", "Oslo")


@dataclasses.dataclass(frozen=True)
class Person:
    id: int
    name: str
    city: str
    age: int
    ssn: str
    email: str
    card: str
    token: str
    salary: int
    bonus: str
    rate: str
    born: str
    seen: str
    extra: str
    photo: str


class World:
    def __init__(self, name):
        self.name = name
        self.people = [self._person(number) for number in range(len(PEOPLE))]

    def _word(self, column, number, first, length=14):
        chance = random.Random(f"{self.name} {column} {number}")
        return first + "".join(chance.choice(LETTERS) for _ in range(length - 1))

    def _digits(self, column, number, length):
        chance = random.Random(f"{self.name} {column} {number}")
        return "".join(chance.choice("6789") if place % 2 else chance.choice("134") for place in range(length))

    def _person(self, number):
        # What the masks of e-mail, card, bonus and birth leave in sight is the same in both worlds; first letters of the others
        # are not, so that the simplest question has another answer.
        first = ("j", "q", "x")[number % 3] if self.name == "a" else ("z", "v", "k")[number % 3]
        month = 1 + (number * 5 + (4 if self.name == "a" else 9)) % 12
        return Person(
            id=number + 1, name=PEOPLE[number], city=CITIES[number], age=30 + number,
            ssn=self._word("ssn", number, first), email=self._word("email", number, "w") + "@example.com",
            card=self._word("card", number, first, 12) + f"-{2200 + number}", token=self._word("token", number, first, 16),
            salary=int(self._digits("salary", number, 10)), bonus="51" + self._digits("bonus", number, 6) + ".38",
            rate=self._digits("rate", number, 4) + "." + self._digits("rate part", number, 4),
            born=f"{1961 + number}-{month:02}-{17 + number}", seen=f"2{number}13-{month:02}-{17 + number} 19:47:5{number}",
            extra='{"pin": "' + self._word("extra", number, first) + '"}', photo=self._word("photo", number, first))

    @property
    def words(self):
        """Of masked columns, what must not be seen of any of them."""
        for person in self.people:
            yield from (person.ssn, person.email.split("@")[0], person.card[:12], person.token, person.photo)
            yield person.extra[9:-2]

    @property
    def numbers(self):
        for person in self.people:
            yield from (str(person.salary), person.rate.replace(".", ""), person.bonus[2:8], person.born, person.seen[:10])
            yield from (person.born.replace("-", ""), person.seen[:10].replace("-", ""), person.rate)

    def fill(self, execute):
        """Makes the data of all the corpus's own tables anew."""
        for table in ("audit", "memo", "staff", "ledger", "hidden_columns", "parts", "purchases", "kinds", "ranked", "by_value", "legacy", "people"):
            execute(f"DELETE FROM shop.{table}")
        for person in self.people:
            values = ", ".join(_literal(value) for value in dataclasses.astuple(person))
            execute(f"INSERT INTO shop.people ({', '.join(Person.__dataclass_fields__)}) VALUES ({values})")
            execute(f"INSERT INTO shop.staff (id, name, badge, ssn) VALUES ({person.id}, '{person.name}', 'b-{person.id}', '{person.ssn}')")
            execute(f"INSERT INTO shop.parts (id, label, ssn) VALUES ({person.id}, 'part {person.id}', '{person.ssn}')")
            execute(f"INSERT INTO shop.hidden_columns (id, label, ssn) VALUES ({person.id}, 'label {person.id}', '{person.ssn}')")
            execute(f"INSERT INTO shop.ranked (id, ssn) VALUES ({person.id}, '{person.ssn}')")
            execute(f"INSERT INTO shop.by_value (id, ssn) VALUES ({person.id}, '{person.ssn}')")
            execute(f"INSERT INTO shop.legacy (id, ssn) VALUES ({person.id}, '{person.ssn}')")
            execute(f"INSERT INTO shop.ledger (id, title, ssn) VALUES ({person.id}, 'title {person.id}', '{person.ssn}')")
        for number in range(1, 11):
            execute(f"INSERT INTO shop.purchases VALUES ({number}, {1 + number % 6}, {number * 11}, 'note {number}')")


def _literal(value):
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
