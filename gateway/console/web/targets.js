// Targets and relays: what can be reached, and whether the doors that were opened are proven closed.
import { call } from "./api.js";
import { badge, facts, failure, h, replace, table } from "./dom.js";
import { proofBadge } from "./records.js";
import { line, name, visible } from "./text.js";
import { ms, span, when } from "./time.js";

const mostSessions = 500;
const vendors = { VENDOR_MYSQL: "MySQL", VENDOR_MARIADB: "MariaDB" };

export function show(_, me) {
  const element = h("div", null, h("h1", null, "Targets and relays"), h("p", { class: "quiet" }, "Loading…"));
  const load = async () => {
    try {
      const mayRead = me.roles.length > 0;
      const [status, enrolled, past] = await Promise.all([
        call("Admin/GetStatus"),
        mayRead ? call("Enrolment/ListRelays") : { relays: [] },
        mayRead ? call("Sessions/List", { limit: mostSessions }) : { sessions: [] },
      ]);
      replace(
        element,
        h("h1", null, "Targets and relays"),
        gateway(status),
        targets(status),
        relays(status, enrolled.relays),
        proofs(past.sessions),
      );
    } catch (error) {
      replace(element, failure(error));
    }
  };
  load();
  return { title: "Targets", element };
}

function gateway(status) {
  return h(
    "section",
    { class: "card" },
    facts([
      ["Gateway", `${status.version}, up ${span(Date.now() - ms(status.startedAtUnixMs))}`],
      [
        "Recording",
        status.journalWritable
          ? badge("good", "works")
          : [badge("bad", "fails: statements are refused"), " ", visible(status.journalError)],
      ],
      ["Policy", h("code", null, line(status.policyVersion, 16))],
      ["Sessions", String(status.sessions)],
      ["Doors open", String(status.doors)],
      ["Held", String(status.held)],
    ]),
  );
}

function targets(status) {
  return [
    h("h2", null, "Targets"),
    table(
      "Targets",
      {
        Target: (one) => name(one.name),
        State: (one) => (one.ready ? badge("good", "ready") : badge("bad", "not ready")),
        Server: (one) => (one.server ? [vendors[one.server.vendor] ?? "", " ", name(one.server.version)] : ""),
        Relays: (one) => one.relays.map((relay, i) => [i ? ", " : "", name(relay)]),
        Schema: (one) =>
          one.catalog
            ? [`${one.catalog.relations} tables, read `, when(one.catalog.capturedAtUnixMs)]
            : "not known yet",
        Problem: (one) => visible(one.error || one.catalog?.error || ""),
      },
      status.targets,
    ),
  ];
}

function relays(status, enrolled) {
  const connected = new Map(status.relays.map((one) => [one.name, one]));
  const names = [...new Set([...connected.keys(), ...enrolled.map((one) => one.name)])].sort();
  const known = new Map(enrolled.map((one) => [one.name, one]));
  return [
    h("h2", null, "Relays"),
    table(
      "Relays",
      {
        Relay: (one) => name(one),
        State: (one) =>
          connected.has(one)
            ? badge("good", "connected")
            : ms(known.get(one)?.revokedAtUnixMs)
              ? badge("dull", "revoked")
              : badge("bad", "not connected"),
        Since: (one) => when(connected.get(one)?.connectedAtUnixMs),
        Version: (one) => name(connected.get(one)?.version ?? ""),
        Targets: (one) =>
          (connected.get(one) ?? known.get(one)).targets.map((target, i) => [i ? ", " : "", name(target)]),
        Doors: (one) => connected.get(one)?.doors ?? "",
        Certificate: (one) =>
          ms(known.get(one)?.certificateExpiresAtUnixMs)
            ? ["until ", when(known.get(one).certificateExpiresAtUnixMs)]
            : "its own",
      },
      names,
      { empty: "No relay has connected yet." },
    ),
  ];
}

// Doors of sessions that are over, by what their relays could prove.
function proofs(sessions) {
  const over = sessions.filter((one) => one.doorOpened && one.state !== "STATE_LIVE");
  const count = (state) => over.filter((one) => one.closeProof === state).length;
  const open = over.filter((one) => one.closeProof !== "STATE_GONE" && one.closeProof !== "STATE_KILLED");
  return [
    h("h2", null, "Proofs of close"),
    h(
      "p",
      null,
      `Of the last ${sessions.length} sessions: `,
      badge("good", `${count("STATE_GONE")} doors proven gone`),
      " ",
      badge("wait", `${count("STATE_KILLED")} killed, then gone`),
      " ",
      badge(open.length ? "bad" : "dull", `${open.length} without proof`),
    ),
    open.length
      ? table(
          "Doors without proof",
          {
            Session: (one) =>
              h("a", { href: `#/sessions/${encodeURIComponent(one.id)}` }, h("code", null, name(one.id))),
            Agent: (one) => name(one.agent),
            Target: (one) => name(one.target),
            Closed: (one) => when(one.closedAtUnixMs),
            Proof: (one) => proofBadge(one.closeProof),
          },
          open,
        )
      : null,
  ];
}
