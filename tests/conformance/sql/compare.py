#!/usr/bin/env python3
"""Compares our verdict on statements, each a JSON string on a line of its own, with a server's."""
import collections
import json
import sys

import servers


def main():
    parser = servers.arguments(__doc__)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    server = servers.Server(args)
    statements = []
    for name in args.files:
        with open(name, encoding="utf8", errors="replace") as lines:
            statements += [json.loads(line) for line in lines if line.strip()]
    statements = list(dict.fromkeys(statements))
    count = collections.Counter()
    for sql, answer in zip(statements, servers.read(args, server.version, statements)):
        error = server.parse(sql)
        parsed = error not in servers.NOT_PARSED
        count[parsed, answer["ok"]] += 1
        if parsed and not answer["ok"]:
            print("we refuse:", repr(sql), answer["error"])
        if not parsed and answer["ok"]:
            print("we accept:", repr(sql), answer["kind"])
        if parsed and answer["ok"] and server.parse(answer["text"]) != error:
            count["differs"] += 1
            print("canonical text differs:", repr(sql), repr(answer["text"]))
    accepted = count[True, True] + count[True, False]
    agreement = 100.0 * count[True, True] / accepted if accepted else 100.0
    print(f"{args.vendor} {server.version}: {accepted} parsed by the server, {agreement:.2f} % of them read by us; "
          f"{count[False, True]} read that it refuses; {count['differs']} canonical texts differ")
    return 1 if count["differs"] else 0


if __name__ == "__main__":
    sys.exit(main())
