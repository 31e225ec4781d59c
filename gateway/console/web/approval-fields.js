// What a reviewer sees of an approval, part by part, in this order. A new part is a function (approval) -> [label, value], or
// null where it has nothing to say.
import { preview } from "./approval-preview.js";
import { badge, facts, h, table } from "./dom.js";
import { block, name, parameters, textOf, visible } from "./text.js";
import { countdown, ms, span, when } from "./time.js";

export const stateNames = {
  STATE_PENDING: ["wait", "waiting"],
  STATE_APPROVED: ["good", "approved"],
  STATE_DENIED: ["bad", "denied"],
  STATE_EXPIRED: ["dull", "expired"],
  STATE_VOID: ["dull", "void"],
};

export const stateBadge = (approval) => badge(...(stateNames[approval.state] ?? ["dull", approval.state]));
export const isTask = (approval) => approval.kind === "KIND_TASK";
export const subject = (approval) =>
  isTask(approval) ? `task: ${approval.task?.reason ?? ""}` : textOf(approval.statement);
const approving = (approval) => approval.votes.filter((vote) => vote.approve).length;

export const who = [
  (a) => ["Agent", name(a.agent)],
  (a) => ["Target", name(a.target)],
  (a) => ["Default schema", a.schema && name(a.schema)],
  (a) => ["Reason of the task", a.task?.reason && h("span", { dir: "auto" }, visible(a.task.reason))],
  (a) => ["Asked for by", a.task?.requester && name(a.task.requester)],
  (a) => ["Sponsor", a.task?.sponsor && name(a.task.sponsor)],
  (a) => ["Run", a.task?.runId && name(a.task.runId)],
  (a) => [
    "Labels",
    Object.keys(a.task?.labels ?? {}).length > 0 &&
      h(
        "ul",
        { class: "tags" },
        Object.entries(a.task.labels).map(([key, value]) => h("li", null, name(key), "=", name(value))),
      ),
  ],
  (a) => ["Task", a.task?.id && h("code", null, name(a.task.id))],
  (a) => [
    "Session",
    a.sessionId &&
      h("a", { href: `#/sessions/${encodeURIComponent(a.sessionId)}` }, h("code", null, name(a.sessionId))),
  ],
];

export const what = [
  (a) => ["Does", a.verb && name(a.verb)],
  (a) => [
    "Tables",
    a.objects.length > 0 &&
      h(
        "ul",
        { class: "tags" },
        a.objects.map((one) => h("li", null, name(one))),
      ),
  ],
  (a) => [
    "Columns",
    a.columns.length > 0 &&
      h(
        "ul",
        { class: "tags" },
        a.columns.map((one) => h("li", null, name(one))),
      ),
  ],
  (a) => ["Open for", ms(a.taskTtlSeconds) > 0 && span(ms(a.taskTtlSeconds) * 1000)],
  (a) => ["Transaction", !isTask(a) && transaction(a)],
];

const transaction = (a) =>
  a.inTransaction
    ? [
        "inside one",
        ms(a.transactionSinceUnixMs) > 0 && [" that began ", when(a.transactionSinceUnixMs)],
        ms(a.transactionStatements) > 0 && `, after ${ms(a.transactionStatements)} statements`,
        ": its locks are held while this waits",
      ]
    : "none open";

// How it runs once it is approved.
const mode = (a) => {
  if (isTask(a)) return null;
  if (a.mode !== "MODE_TICKET") return "at once: the agent waits for it";
  if (ms(a.usedAtUnixMs) > 0) return ["it was used ", when(a.usedAtUnixMs)];
  if (ms(a.usableUntilUnixMs) > 0) return ["when the agent sends it again, until ", when(a.usableUntilUnixMs)];
  return `when the agent sends it again, within ${span(ms(a.windowSeconds) * 1000)}`;
};

const similar = (a) => {
  const before = a.similar ?? {};
  const last = before.latestApprovalId && [
    `; last ${before.latestApproved ? "approved" : "denied"} by `,
    name(before.latestReviewer),
    before.latestReason && [": ", h("span", { dir: "auto" }, visible(before.latestReason))],
  ];
  return [`${before.approved ?? 0} approved, ${before.denied ?? 0} denied`, last];
};

export const rule = [
  (a) => ["Rule", name(a.rule)],
  (a) => ["Runs", mode(a)],
  (a) => ["The same with other values", !isTask(a) && a.digest && similar(a)],
  (a) => ["Reviewers", a.reviewers.length > 0 && a.reviewers.map((group, i) => [i ? ", " : "", name(group)])],
  (a) => ["Votes", a.approvalsNeeded > 0 && `${approving(a)} of ${a.approvalsNeeded}`],
  (a) => ["Asked", when(a.createdAtUnixMs)],
  (a) => ["Expires", a.state === "STATE_PENDING" && ms(a.expiresAtUnixMs) > 0 && countdown(a.expiresAtUnixMs)],
  (a) => ["Ended because", a.endedBecause && visible(a.endedBecause)],
];

const list = (parts, approval) => facts(parts.map((part) => part(approval)));

// Whole sections, each (approval) -> element or null.
export const sections = [
  (a) =>
    !isTask(a) &&
    h(
      "section",
      null,
      h("h3", null, "Exactly this would run"),
      block(textOf(a.statement), "Statement"),
      a.parameters.length > 0 && [h("h3", null, "With these values"), parameters(a.parameters)],
    ),
  (a) => h("section", null, h("h3", null, "What it does"), list(what, a)),
  (a) => a.preview && preview(a.preview),
  (a) => h("section", null, h("h3", null, "Who asks"), list(who, a)),
  (a) => h("section", null, h("h3", null, "Why it waits"), list(rule, a)),
  (a) =>
    a.votes.length > 0 &&
    h(
      "section",
      null,
      h("h3", null, "Votes"),
      table(
        "Votes",
        {
          Reviewer: (vote) => name(vote.reviewer),
          Vote: (vote) => (vote.approve ? badge("good", "approve") : badge("bad", "deny")),
          Reason: (vote) => h("span", { dir: "auto" }, visible(vote.reason)),
          At: (vote) => when(vote.atUnixMs),
        },
        a.votes,
      ),
    ),
];
