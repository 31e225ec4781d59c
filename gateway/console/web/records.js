// A record of the journal, told: a headline for the list, and all of it for the reader.
import { badge, facts, h } from "./dom.js";
import { block, line, name, parameters, textOf, visible } from "./text.js";
import { micros, ms } from "./time.js";

const decisions = {
  DECISION_ALLOW: ["good", "allowed"],
  DECISION_HOLD: ["wait", "held"],
  DECISION_DENY: ["bad", "denied"],
};
const results = {
  RESULT_OK: ["good", "ran"],
  RESULT_ERROR: ["bad", "database error"],
  RESULT_REFUSED: ["bad", "refused"],
  RESULT_BROKEN: ["bad", "broken off"],
  RESULT_WITHHELD: ["bad", "withheld"],
};
const verdicts = {
  VERDICT_APPROVED: ["good", "approved"],
  VERDICT_DENIED: ["bad", "denied"],
  VERDICT_EXPIRED: ["dull", "expired"],
  VERDICT_VOID: ["dull", "void"],
};
const proofs = {
  STATE_GONE: ["good", "proven gone"],
  STATE_KILLED: ["wait", "killed, then gone"],
  STATE_UNPROVEN: ["bad", "unproven"],
};

const named = (table, value) => badge(...(table[value] ?? ["dull", "none"]));
export const proofBadge = (state) => named(proofs, state);
export const decisionBadge = (statement) => named(decisions, statement.decision);
export const resultBadge = (outcome) => (outcome ? named(results, outcome.result) : badge("wait", "running"));

export function outcomeFacts(outcome) {
  return facts([
    ["Rows", ms(outcome.rows) > 0 && outcome.rows],
    ["Rows changed", ms(outcome.affectedRows) > 0 && outcome.affectedRows],
    ["Bytes", ms(outcome.resultBytes) > 0 && Number(outcome.resultBytes).toLocaleString()],
    ["Warnings", outcome.warnings],
    [
      "Error",
      (outcome.errorCode || outcome.error) && [
        `${outcome.errorCode} `,
        visible(outcome.sqlState),
        " ",
        h("span", { dir: "auto" }, visible(outcome.error)),
      ],
    ],
    ["In all", micros(outcome.totalUs)],
    ["Held", ms(outcome.heldUs) > 0 && micros(outcome.heldUs)],
    ["Opening the door", ms(outcome.openUs) > 0 && micros(outcome.openUs)],
    ["Database", ms(outcome.serverUs) > 0 && micros(outcome.serverUs)],
    [
      "Masked",
      outcome.masks.length > 0 &&
        h(
          "ul",
          { class: "tags" },
          outcome.masks.map((one) => h("li", null, name(one))),
        ),
    ],
    [
      "Found by detectors",
      Object.entries(outcome.detected)
        .map(([kind, count]) => `${kind}: ${count}`)
        .join(", "),
    ],
  ]);
}

export function statementParts(statement) {
  const text = textOf(statement.text);
  const forwarded = textOf(statement.forwarded);
  return [
    block(text, "Statement"),
    forwarded && forwarded !== text ? [h("h3", null, "Forwarded as"), block(forwarded, "Forwarded statement")] : null,
    statement.parameters.length > 0 ? [h("h3", null, "Values"), parameters(statement.parameters)] : null,
    facts([
      ["Rule", name(statement.rule)],
      ["Because", statement.reason && visible(statement.reason)],
      ["Does", name(statement.verb)],
      [
        "Objects",
        statement.objects.length > 0 &&
          h(
            "ul",
            { class: "tags" },
            statement.objects.map((one) => h("li", null, name(one))),
          ),
      ],
      ["Schema", statement.schema && name(statement.schema)],
      ["Policy", h("code", null, line(statement.policyVersion, 16))],
      ["Statement", h("code", null, name(statement.statementId))],
    ]),
  ];
}

// Every kind of record there is to a session: its field -> { title, head(event), body(event) }.
const kinds = {
  sessionOpened: {
    title: "Session opened",
    head: (e) => [name(e.agent), " on ", name(e.target)],
    body: (e) =>
      facts([
        ["From", name(e.clientAddress)],
        ["TLS", e.tls ? "yes" : "no"],
        ["Proved by", [name(e.identityKind), " ", name(e.identityId)]],
        ["Groups", e.groups.length > 0 && e.groups.map((one, i) => [i ? ", " : "", name(one)])],
        ["Schema", e.schema && name(e.schema)],
        ["Reason", e.task?.reason && visible(e.task.reason)],
        [
          "Client",
          Object.keys(e.clientAttributes).length > 0 &&
            h(
              "ul",
              { class: "tags" },
              Object.entries(e.clientAttributes).map(([key, value]) => h("li", null, name(key), "=", name(value))),
            ),
        ],
      ]),
  },
  statement: {
    title: "Statement",
    head: (e) => [decisionBadge(e), " ", h("code", null, line(textOf(e.text) || e.command, 80))],
    body: statementParts,
  },
  outcome: { title: "Outcome", head: (e) => resultBadge(e), body: outcomeFacts },
  approvalRequested: {
    title: "Held",
    head: (e) => [badge("wait", "waits"), " by rule ", name(e.rule)],
    body: (e) =>
      facts([
        ["Approval", h("a", { href: `#/approvals/${encodeURIComponent(e.approvalId)}` }, name(e.approvalId))],
        ["Needed", String(e.approvalsNeeded)],
        ["Reviewers", e.reviewers.map((one, i) => [i ? ", " : "", name(one)])],
      ]),
  },
  approvalDecided: {
    title: "Decided",
    head: (e) => [named(verdicts, e.verdict), e.reviewer ? [" by ", name(e.reviewer)] : null],
    body: (e) =>
      facts([
        ["Reason", e.reason && h("span", { dir: "auto" }, visible(e.reason))],
        ["Approval", name(e.approvalId)],
      ]),
  },
  doorOpened: {
    title: "Door opened",
    head: (e) => [`database thread ${e.threadId} by `, name(e.relay)],
    body: (e) =>
      facts([
        ["Server", name(e.server?.version ?? "")],
        ["Took", `${e.tookMs} ms`],
      ]),
  },
  doorClosed: {
    title: "Door closed",
    head: (e) => [proofBadge(e.proof?.state), ` thread ${e.proof?.threadId}`],
    body: (e) =>
      facts([
        ["Relay", name(e.relay)],
        ["Why unproven", e.proof?.error && visible(e.proof.error)],
      ]),
  },
  sessionClosed: {
    title: "Session closed",
    head: (e) => visible(e.reason),
    body: (e) => facts([["Statements", e.statements]]),
  },
};

const kindOf = (record) => Object.keys(kinds).find((key) => record[key]);

export function headline(record) {
  const key = kindOf(record);
  return key ? [h("strong", null, kinds[key].title), " ", kinds[key].head(record[key])] : "Another event";
}

export function story(record) {
  const key = kindOf(record);
  return key
    ? [h("h2", null, kinds[key].title), h("p", null, kinds[key].head(record[key])), kinds[key].body(record[key])]
    : h("p", { class: "quiet" }, "An event of another kind; posternctl sessions replay has it whole.");
}
