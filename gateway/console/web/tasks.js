// Tasks: who has a door open, for what, and how long still.
import { call } from "./api.js";
import { askReason, badge, failure, field, h, replace, table } from "./dom.js";
import { name, visible } from "./text.js";
import { countdown, ms, when } from "./time.js";

const states = {
  STATE_REQUESTED: ["wait", "requested"],
  STATE_OPEN: ["good", "open"],
  STATE_CLOSING: ["wait", "closing"],
  STATE_ENDED: ["dull", "ended"],
  STATE_REFUSED: ["bad", "refused"],
};
const budgetWords = { statements: "statements", rows: "rows", bytes: "bytes", maskedValues: "masked values" };

function spent(task) {
  const lines = Object.entries(budgetWords).map(([key, word]) => {
    const [used, most] = [ms(task.spent?.[key]), task.budgets?.[key]];
    if (!used && most === undefined) return null;
    return `${used.toLocaleString()}${most === undefined ? "" : ` of ${ms(most).toLocaleString()}`} ${word}`;
  });
  return lines.filter(Boolean).join(", ");
}

function ends(task) {
  if (task.state === "STATE_OPEN") return countdown(task.deadlineUnixMs);
  return [
    when(task.endedAtUnixMs),
    " ",
    visible(task.endedBecause),
    task.endedBy ? [" by ", name(task.endedBy)] : null,
  ];
}

function doors(task) {
  const count = ms(task.doors);
  if (count === 0) return "none";
  const proven = ms(task.doorsGone) + ms(task.doorsKilled);
  return [
    `${count} opened, `,
    badge(proven === count ? "good" : task.state === "STATE_OPEN" ? "dull" : "bad", `${proven} proven closed`),
  ];
}

export function show(_, me) {
  const mayEnd = me.roles.some((role) => role === "ROLE_REVIEWER" || role === "ROLE_ADMIN");
  const rows = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  const state = h(
    "select",
    { name: "state" },
    h("option", { value: "" }, "every state"),
    Object.entries(states).map(([value, [, label]]) => h("option", { value }, label)),
  );
  const agent = h("input", { name: "agent", autocomplete: "off" });
  const form = h("form", { class: "filters" }, field("Agent", agent), field("State", state), h("button", null, "Show"));
  const load = async () => {
    try {
      const request = { agent: agent.value.trim(), limit: 200 };
      if (state.value) request.state = state.value;
      const { tasks } = await call("Tasks/List", request);
      replace(
        rows,
        table(
          "Tasks",
          {
            State: (one) => badge(...(states[one.state] ?? ["dull", one.state])),
            Task: (one) => h("code", null, name(one.id)),
            Agent: (one) => name(one.agent),
            Target: (one) => name(one.target),
            Reason: (one) => h("span", { dir: "auto" }, visible(one.reason)),
            "Asked by": (one) => name(one.requester),
            Opened: (one) => when(one.openedAtUnixMs),
            Ends: ends,
            Used: spent,
            Doors: doors,
            ...(mayEnd
              ? {
                  Do: (one) =>
                    ["STATE_OPEN", "STATE_REQUESTED"].includes(one.state) &&
                    h("button", { type: "button", class: "bad", onclick: () => end(one) }, "End…"),
                }
              : {}),
          },
          tasks,
          { empty: "No such task." },
        ),
      );
    } catch (error) {
      replace(rows, failure(error));
    }
  };
  const end = async (task) => {
    const reason = await askReason({
      title: "End this task?",
      text: [
        "The door of ",
        name(task.agent),
        " shuts: its sessions end, what runs is killed, transactions roll back.",
      ],
      action: "End",
      kind: "bad",
      required: false,
    });
    if (reason === null) return;
    try {
      await call("Tasks/End", { id: task.id, reason });
      await load();
    } catch (error) {
      rows.prepend(failure(error));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load();
  });
  load();
  return { title: "Tasks", element: h("div", null, h("h1", null, "Tasks"), form, rows) };
}
