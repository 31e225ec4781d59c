"""The documents say what is so: the paths they name exist, and other languages can build the RPCs."""
import re
import subprocess

import pytest

from stack.paths import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_that_a_document_names_exist(document):
    text = document.read_text()
    named = set(re.findall(r"`((?:common|deploy|docs|gateway|proto|relay-agent|tests)/[\w./-]*)`", text))
    named |= {str((document.parent / link).resolve().relative_to(ROOT)) for link in re.findall(r"\]\((?!http|#)([^)#]+)", text)}
    # A module is named without its ending.
    assert [path for path in sorted(named) if not (ROOT / path).exists() and not list(ROOT.glob(path + ".*"))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tests_that_a_document_names_exist(document):
    text = document.read_text()
    there = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", text)
    assert [name for name in named if f"def {name}(" not in there] == []
    cases = re.findall(r'`(tests/unit/[\w./-]+\.cc)`: "([^"]+)"', text)
    assert [case for case in cases if f'TEST_CASE("{case[1]}"' not in (ROOT / case[0]).read_text()] == []


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) < 120


def test_protocol_builds_into_other_languages(tmp_path):
    protos = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "proto/postern/v1").glob("*.proto"))
    for language in ("python", "java", "csharp", "ruby"):
        out = tmp_path / language
        out.mkdir()
        subprocess.run(["protoc", f"--{language}_out={out}", "-I", ".", *protos], cwd=ROOT, check=True)
        assert any(out.rglob("*.*"))
