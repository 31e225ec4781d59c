#!/usr/bin/env python3
"""Prints the statements in a folder of mysqltest files, each a JSON string on a line of its own."""
import json
import pathlib
import re
import sys

COMMANDS = re.compile(
    r"(append_file|assert|cat_file|change_user|character_set|chmod|connect|connection|copy_file\w*|dec|die|diff_files|"
    r"dirty_close|disable_\w+|disconnect|echo|enable_\w+|end|error|eval\w*|exec\w*|exit|file_exists|horizontal_results|if|"
    r"inc|let|list_files\w*|lowercase_result|mkdir|move_file|output|perl|ping|query\w*|real_sleep|reap|remove_files?\w*|"
    r"replace_\w+|require|reset_connection|result\w*|rmdir|save_master_pos|send\w*|shutdown_server|skip|sleep|"
    r"(partially_)?sorted_result|source|start_timer|sync_\w+|system|vertical_results|wait\w*|while|write_file)$")


def statements(path):
    delimiter, text, heredoc = ";", "", False
    for line in path.read_text(encoding="utf8").split("\n"):
        bare = line.strip()
        if heredoc:
            heredoc = bare != "EOF"
            continue
        if not text.strip():
            if not bare or bare[0] in "#}{":
                continue
            changed = re.match(r"(?:--\s*)?delimiter\s+(\S+)", bare, re.I)
            if changed:
                new = changed.group(1)
                delimiter = new[: -len(delimiter)] if new.endswith(delimiter) and new != delimiter else new
                continue
            word = re.match(r"\w*", bare).group(0).lower()
            if bare.startswith("--") or COMMANDS.match(word):
                heredoc = word in ("perl", "write_file", "append_file")
                continue
        text += line + "\n"
        if text.rstrip().endswith(delimiter):
            yield text.rstrip()[: -len(delimiter)].strip()
            text = ""


def all_in(folder):
    """The distinct statements of a folder, in the order of its files. Those with the test tool's variables are left out."""
    seen = {}
    for path in sorted(pathlib.Path(folder).rglob("*.test")):
        try:
            seen.update((sql, None) for sql in statements(path) if sql and "$" not in sql and len(sql) < 3000)
        except UnicodeDecodeError:
            pass
    return list(seen)


def main():
    for sql in all_in(sys.argv[1]):
        print(json.dumps(sql))


if __name__ == "__main__":
    main()
