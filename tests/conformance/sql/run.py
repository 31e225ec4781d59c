#!/usr/bin/env python3
"""Compares how we read statements with how a real server does. See README.md."""
import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import corpus
import differences
import effects
import functions
import lexing_variants
import objects
import probe
import schema
import scratch
import verbs

AGREEMENT = 99.5  # of what the server parses, in percent
HARMFUL = ("misread", "harmful", "function", "moved", "commit")  # kinds of difference that no list excuses


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, choices=["mysql", "mariadb"])
    parser.add_argument("--full", action="store_true", help="the whole corpus, not a sample of it")
    parser.add_argument("--listed", action="store_true", help="of the whole corpus only what the list of differences names")
    parser.add_argument("--seed", type=int, default=1, help="of the generator and of the sample")
    parser.add_argument("--posternctl", required=True)
    parser.add_argument("--dump", help="a file for every difference, as JSON Lines, known or not")
    return parser.parse_args()


def read(posternctl, vendor, version, statements):
    """What posternctl answers, a dict for each (statement, sql_mode)."""
    lines = [json.dumps({"sql": sql, "vendor": vendor, "version": version, "sql_mode": mode, "schema": schema.SCHEMA})
             for sql, mode in statements]
    done = subprocess.run([posternctl, "sql", "facts"], input="\n".join(lines) + "\n", text=True, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Comparison:
    def __init__(self, args, server):
        self.args, self.server = args, server
        self.found = []  # (kind, sql, mode, source, what)
        self.count = collections.Counter()

    def note(self, kind, statement, source, what):
        self.found.append((kind, *statement, source, what))

    def parsing(self, statements, answers):
        """Is it a statement to both, and does the server call it what we call it?"""
        watcher = probe.Probe(self.server)
        for (statement, source), answer in zip(statements.items(), answers):
            seen = watcher.see(*statement)
            self.count[seen.parsed, answer["ok"]] += 1
            if seen.parsed and not answer["ok"] and seen.event == "error":
                self.count["cut"] += 1
            elif seen.parsed and not answer["ok"]:
                self.note("refused", statement, source, f"{answer['error']}; the server: {seen.error} {seen.text[:80]}")
            if not answer["ok"]:
                continue
            if not seen.parsed:
                self.note("accepted", statement, source, f"{answer['kind']}; the server: {seen.text[-90:]}")
                continue
            if verbs.harmless(answer) and not verbs.is_harmless_name(answer, seen.event):
                self.note("misread", statement, source, f"{answer['kind']}; the server: {seen.event}")
            elif not verbs.agrees(answer, seen.event):
                self.note("verb", statement, source, f"{answer['kind']}; the server: {seen.event}")
            missed = objects.misses_named(answer, seen.text)
            if missed:
                self.note("object", statement, source, f"the server names {missed}")
            if answer["text"] != statement[0] and statement[0].isprintable():
                self.count["rebuilt"] += 1
                again = watcher.see(answer["text"], statement[1])
                if again.error != seen.error or (again.event != seen.event and None not in (again.event, seen.event)):
                    self.note("canonical", statement, source, f"{answer['text']!r}: {again.error} {again.event}, not {seen.error} {seen.event}")

    def doing(self, statements, answers):
        """What did those do that we call harmless?"""
        run = effects.Effects(self.server)
        run.check_itself()
        run.check([(*statement, answer["kind"] == "explain") for statement, answer in zip(statements, answers) if verbs.harmless(answer)])
        for sql, mode, changed in run.harmful:
            self.note("harmful", (sql, mode), statements[sql, mode], f"changed {', '.join(changed)}")
        self.count["ran"], self.count["succeeded"] = run.ran, run.succeeded

    def touching(self, statements, answers):
        """Are the tables that the server opened those we name?"""
        locks = objects.Objects(self.server)
        locks.check_itself()
        for (statement, source), answer in zip(statements.items(), answers):
            if locks.wants(answer):
                what = locks.differ(*statement, answer)
                if what:
                    self.note(objects.KIND_OF.get(what, "object"), statement, source, what)
        self.count["compared"] = locks.compared

    def calling(self, statements, answers):
        """Is every function that we call built in the server's own?"""
        del statements, answers

        def facts(calls):
            return read(self.args.posternctl, self.args.database, self.server.version, [(sql, "") for sql in calls])

        for line in functions.check(self.server, facts):
            self.note("function", (line, ""), "functions", "see common/sql/facts/function_list.inc")

    def lexing(self, statements, answers):
        """Is the text that we forward what the server would have read itself?"""
        del statements, answers
        count = lexing_variants.FULL if self.args.full else lexing_variants.QUICK

        def ask(pairs):
            return read(self.args.posternctl, self.args.database, self.server.version, pairs)

        self.count["variants"], different = lexing_variants.check(self.server, ask, count, self.args.seed)
        for sql, mode, what in different:
            self.note("canonical", (sql, mode), "variant", what)

    def verdict(self):
        known = differences.known(self.args.database)
        unknown = [one for one in self.found if one[0] in HARMFUL or (one[0], differences.hash_of(one[1], one[2])) not in known]
        for kind, sql, mode, source, what in unknown:
            print(f"{kind} {differences.hash_of(sql, mode)} ({source}, sql_mode '{mode}'): {sql!r}: {what}")
        return known, unknown

    def stale(self, known, statements):
        """Entries of the list whose statement was sent and did not differ; with --full also those of no statement."""
        differing = {(kind, differences.hash_of(sql, mode)) for kind, sql, mode, _, _ in self.found}
        sent = {differences.hash_of(*statement) for statement in statements}
        return [entry for entry in known if entry not in differing and (entry[1] in sent or self.args.full or self.args.listed)]


def compare(args, server):
    began = time.monotonic()
    root = scratch.Session(server, patience=60)
    statements = corpus.load(args.database, args.full or args.listed, args.seed, root.rows("SHOW VARIABLES"))
    if args.listed:
        named = {key for _, key in differences.known(args.database)}
        statements = {one: source for one, source in statements.items() if differences.hash_of(*one) in named}
    answers = read(args.posternctl, args.database, server.version, statements)
    comparison = Comparison(args, server)
    for stage in (comparison.parsing, comparison.doing, comparison.touching, comparison.calling, comparison.lexing):
        schema.prepare(root)
        stage(statements, answers)
        print(f"{args.database}: {stage.__name__} {time.monotonic() - began:.0f} s", file=sys.stderr)
    if args.dump:
        pathlib.Path(args.dump).write_text("".join(json.dumps(one) + "\n" for one in comparison.found), encoding="utf8")
    known, unknown = comparison.verdict()
    stale = comparison.stale(known, statements)
    for kind, key in stale:
        print(f"{kind} {key}: in the list of differences, but it differs no more")
    count = comparison.count
    parsed = count[True, True] + count[True, False] - count["cut"]
    agreement = 100.0 * count[True, True] / parsed
    harmful = sum(1 for one in comparison.found if one[0] in HARMFUL)
    print(f"{args.database} {server.version}: {len(statements)} statements; {parsed} parsed by the server, {agreement:.2f} % of them read "
          f"by us; {count['cut']} more it stopped reading itself, with an error of its own, and so do we; {count[False, True]} read that it refuses; {count['rebuilt']} canonical texts and {count['variants']} variants; {count['ran']} harmless ones run "
          f"({count['succeeded']} without an error), {harmful} of them were not; tables of {count['compared']} compared; "
          f"{len(comparison.found)} differences, {len(unknown)} not in the list, {len(stale)} stale; {server.starts - 1} restarts; "
          f"{time.monotonic() - began:.0f} s")
    return bool(unknown or stale or harmful or (agreement < AGREEMENT and not args.listed))


def main():
    args = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postern-", dir="/tmp"))
    server = scratch.Scratch(args.database, folder)
    try:
        server.start()
        return compare(args, server)
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
