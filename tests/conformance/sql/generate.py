"""Statements put together at random from a grammar of our own: each name below is a rule, each of its lines one way to write
it, `<rule>` stands for any line of that rule, and `[...]` is left out half of the time. The same seed gives the same ones."""
import pathlib
import random
import re

HERE = pathlib.Path(__file__).resolve().parent
PART = re.compile(r"<(\w+)>|\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]")
DEEPEST = 9


def grammar(name):
    """The rules of grammar/<name>: `rule:` and then its lines, indented."""
    rules, rule = {}, None
    for line in (HERE / "grammar" / name).read_text(encoding="utf8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " ":
            rule = rules.setdefault(line.rstrip(":"), [])
        else:
            rule.append(line.strip())
    return rules


class Generator:
    def __init__(self, vendor, seed):
        self.rules = grammar("common.rules")
        for name, lines in grammar(f"{vendor}.rules").items():
            self.rules.setdefault(name, []).extend(lines)
        self.rng = random.Random(f"{vendor} {seed}")
        self.simple = {name: self._lightest(lines) for name, lines in self.rules.items()}

    @staticmethod
    def _lightest(lines):
        fewest = min(line.count("<") for line in lines)
        return [line for line in lines if line.count("<") == fewest]

    def write(self, rule, depth=0):
        lines = self.simple[rule] if depth > DEEPEST else self.rules[rule]
        return self._fill(self.rng.choice(lines), depth)

    def _fill(self, line, depth):
        def part(match):
            if match.group(1):
                return self.write(match.group(1), depth + 1)
            keep = depth <= DEEPEST and self.rng.random() < 0.5
            return self._fill(match.group(2), depth) if keep else ""

        return PART.sub(part, line)

    def statements(self, count):
        """`count` distinct ones, as many of each line of the rule `statement` as of any other."""
        seen = {}
        kinds = self.rules["statement"]
        for turn in range(count * 20):
            sql = re.sub(r"  +", " ", self._fill(kinds[turn % len(kinds)], 0)).strip()
            seen.setdefault(sql, None)
            if len(seen) == count:
                break
        return list(seen)
