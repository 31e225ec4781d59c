"""What came back for one command, read from the packets themselves: nothing is converted, nothing is lost."""
import dataclasses
import re

_IDS = re.compile(r"\b(?:stm|ses|apr)_[0-9A-Za-z]+")
_RULE = re.compile(r"\[postern [^\]]*\brule=([^\s\]]+)")


@dataclasses.dataclass
class Result:
    """A result set, or with no columns the OK in its place."""
    columns: list = dataclasses.field(default_factory=list)
    rows: list = dataclasses.field(default_factory=list)
    affected: int = 0
    warnings: int = 0
    info: bytes = b""


@dataclasses.dataclass
class Answer:
    results: list = dataclasses.field(default_factory=list)
    code: int = None  # of the error that ended it
    message: str = ""
    broken: bool = False  # the connection is gone
    raw: bytes = b""  # every byte of it

    @property
    def failed(self):
        return self.broken or self.code is not None

    @property
    def rule(self):
        """The rule that Postern's bracket names, if Postern refused."""
        found = _RULE.search(self.message)
        return found.group(1) if found else None

    @property
    def has_rows(self):
        return any(result.columns for result in self.results)

    def shown(self):
        """All that an agent can tell one answer from another by."""
        return (self.results, self.code, without_ids(self.message), self.broken)


def without_ids(text):
    """Numbers of statements and sessions are letters and digits by chance."""
    return _IDS.sub("", text)
