// Sessions, live and past; one of them with its statements; and its replay.
import { call } from "./api.js";
import { askReason, badge, facts, failure, field, h, replace, table } from "./dom.js";
import { decisionBadge, proofBadge, resultBadge } from "./records.js";
import { replay } from "./replay.js";
import { line, name, textOf, visible } from "./text.js";
import { micros, ms, span, when } from "./time.js";

const states = { STATE_LIVE: ["good", "live"], STATE_CLOSING: ["wait", "closing"], STATE_CLOSED: ["dull", "closed"] };
const stateBadge = (session) => badge(...(states[session.state] ?? ["dull", session.state]));
const linkTo = (session) =>
  h("a", { href: `#/sessions/${encodeURIComponent(session.id)}` }, h("code", null, name(session.id)));

export function show([id, part], me) {
  if (!id) return list();
  return part === "replay" ? replay(id) : detail(id, me);
}

function list() {
  const rows = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  const agent = h("input", { name: "agent", autocomplete: "off" });
  const target = h("input", { name: "target", autocomplete: "off" });
  const state = h(
    "select",
    { name: "state" },
    h("option", { value: "" }, "every state"),
    Object.entries(states).map(([value, [, label]]) => h("option", { value }, label)),
  );
  const form = h(
    "form",
    { class: "filters" },
    field("Agent", agent),
    field("Target", target),
    field("State", state),
    h("button", null, "Show"),
  );
  const load = async () => {
    try {
      const request = { agent: agent.value.trim(), target: target.value.trim(), limit: 200 };
      if (state.value) request.state = state.value;
      const { sessions } = await call("Sessions/List", request);
      replace(
        rows,
        table(
          "Sessions",
          {
            Session: linkTo,
            State: stateBadge,
            Agent: (one) => name(one.agent),
            Target: (one) => name(one.target),
            Opened: (one) => when(one.openedAtUnixMs),
            Lasted: (one) => span((ms(one.closedAtUnixMs) || Date.now()) - ms(one.openedAtUnixMs)),
            Statements: (one) => [
              one.statements,
              ms(one.refused) > 0 ? ` (${one.refused} refused)` : "",
              ms(one.held) > 0 ? ` (${one.held} held)` : "",
            ],
            Door: (one) =>
              one.doorOpened ? (one.state === "STATE_LIVE" ? "open" : proofBadge(one.closeProof)) : "never opened",
          },
          sessions,
          { empty: "No such session." },
        ),
      );
    } catch (error) {
      replace(rows, failure(error));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load();
  });
  load();
  return { title: "Sessions", element: h("div", null, h("h1", null, "Sessions"), form, rows) };
}

function detail(id, me) {
  const element = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  const load = async () => {
    try {
      const { session, statements, doorsOpened, doorsClosed } = await call("Sessions/Get", { id });
      replace(
        element,
        h("a", { class: "up", href: "#/sessions" }, "‹ All sessions"),
        h(
          "header",
          { class: "head" },
          h("h1", null, "Session of ", name(session.agent)),
          stateBadge(session),
          h("code", { class: "id" }, name(session.id)),
        ),
        h(
          "div",
          { class: "actions start" },
          h("a", { class: "button", href: `#/sessions/${encodeURIComponent(id)}/replay` }, "Replay"),
          session.state === "STATE_LIVE" && me.roles.includes("ROLE_ADMIN")
            ? h("button", { type: "button", class: "bad", onclick: () => terminate(id, load) }, "End it…")
            : null,
        ),
        facts([
          ["Target", name(session.target)],
          ["From", name(session.clientAddress)],
          ["Opened", when(session.openedAtUnixMs)],
          ["Closed", when(session.closedAtUnixMs)],
          ["Because", visible(session.closeReason)],
          ["Task", session.task?.id && name(session.task.id)],
          ["Reason", session.task?.reason && h("span", { dir: "auto" }, visible(session.task.reason))],
        ]),
        h("h2", null, `Statements (${session.statements})`),
        table(
          "Statements",
          {
            At: (one) => when(one.atUnixMs),
            Statement: (one) => h("code", null, line(textOf(one.statement.text) || one.statement.command, 200)),
            Decision: (one) => decisionBadge(one.statement),
            Rule: (one) => name(one.statement.rule),
            Result: (one) => resultBadge(one.outcome),
            Rows: (one) => (one.outcome ? ms(one.outcome.rows) || ms(one.outcome.affectedRows) : ""),
            Took: (one) => (one.outcome ? micros(one.outcome.totalUs) : ""),
          },
          statements,
          { empty: "None." },
        ),
        h("h2", null, "Doors"),
        table(
          "Doors opened",
          {
            Relay: (one) => name(one.relay),
            Thread: (one) => one.threadId,
            Server: (one) => name(one.server?.version ?? ""),
            Took: (one) => `${one.tookMs} ms`,
          },
          doorsOpened,
          { empty: "No connection to the database was opened." },
        ),
        doorsClosed.length > 0
          ? table(
              "Doors closed",
              {
                Closed: (one) => name(one.relay),
                Thread: (one) => one.proof?.threadId,
                Proof: (one) => proofBadge(one.proof?.state),
                Why: (one) => visible(one.proof?.error ?? ""),
              },
              doorsClosed,
            )
          : null,
      );
    } catch (error) {
      replace(element, failure(error));
    }
  };
  load();
  return { title: "Session", element };
}

async function terminate(id, then) {
  const reason = await askReason({
    title: "End this session?",
    text: "Its statement is killed and its transaction rolled back.",
    action: "End",
    kind: "bad",
    required: false,
  });
  if (reason === null) return;
  await call("Sessions/Terminate", { id, reason });
  then();
}
