// Verification: whether the gateway keeps its promises at each target, as it found out itself.
import { call } from "./api.js";
import { announce, badge, failure, h, replace, table } from "./dom.js";
import { name, visible } from "./text.js";
import { ms, when } from "./time.js";

export const roles = ["ROLE_AUDITOR", "ROLE_ADMIN"];

const pollMs = 1000;
const kinds = { KIND_CONNECTION: "Close", KIND_HOLD: "Hold", KIND_MASK: "Mask", KIND_RECORDING: "Record" };
const states = {
  STATE_WAITING: ["dull", "waiting"],
  STATE_RUNNING: ["wait", "running"],
  STATE_PASSED: ["good", "passed"],
  STATE_FAILED: ["bad", "failed"],
  STATE_STOPPED: ["dull", "stopped with the gateway"],
};
const results = {
  RESULT_UNSPECIFIED: ["dull", "…"],
  RESULT_PASSED: ["good", "passed"],
  RESULT_FAILED: ["bad", "failed"],
  RESULT_NOT_CONFIGURED: ["dull", "not configured"],
  RESULT_NOT_REACHED: ["bad", "not reached"],
};

const isUnderWay = (run) => run.state === "STATE_WAITING" || run.state === "STATE_RUNNING";

function check(run, kind) {
  const one = run.checks.find((each) => each.kind === kind);
  if (!one) return "";
  return [badge(...(results[one.result] ?? ["dull", one.result])), " ", h("small", null, visible(one.detail))];
}

function session(run) {
  if (!run.sessionId) return "";
  return h("a", { href: `#/sessions/${encodeURIComponent(run.sessionId)}` }, h("code", null, name(run.sessionId)));
}

function targets(listed, begin) {
  return table(
    "Targets",
    {
      Target: (one) => name(one.target),
      Verified: (one) => (one.configured ? badge("good", "yes") : badge("bad", "not configured")),
      "Last passed": (one) => (ms(one.lastPassedAtUnixMs) ? when(one.lastPassedAtUnixMs) : "not since the start"),
      Do: (one) => one.configured && h("button", { type: "button", onclick: () => begin(one.target) }, "Verify now"),
    },
    listed.targets,
  );
}

function runs(listed) {
  return table(
    "Runs",
    {
      State: (one) => badge(...(states[one.state] ?? ["dull", one.state])),
      Target: (one) => name(one.target),
      Began: (one) => when(one.startedAtUnixMs),
      "Asked by": (one) => (one.askedBy ? name(one.askedBy) : "schedule"),
      ...Object.fromEntries(Object.entries(kinds).map(([kind, label]) => [label, (one) => check(one, kind)])),
      Session: session,
    },
    listed.runs,
    { empty: "No run since the gateway started." },
  );
}

function next(listed) {
  if (!ms(listed.nextAtUnixMs)) return null;
  return h("p", { class: "quiet" }, "The next runs are due at ", when(listed.nextAtUnixMs), ".");
}

export function show() {
  const problem = h("div");
  const head = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  const list = h("div");
  let closed = false;
  let timer = 0;
  let running = null;
  // What has ended since the last look, read out.
  const tellEnds = (listed) => {
    const ended = listed.runs.filter((run) => running?.has(run.id) && !isUnderWay(run));
    for (const run of ended) announce(`Verification of ${run.target}: ${states[run.state]?.[1] ?? run.state}`);
    return ended.length > 0;
  };
  const load = async () => {
    clearTimeout(timer);
    try {
      const listed = await call("Verification/List", { limit: 100 });
      if (closed) return;
      // The buttons stay where they are while runs are under way, and so does the focus.
      if (tellEnds(listed) || running === null) replace(head, targets(listed, begin), next(listed));
      running = new Set(listed.runs.filter(isUnderWay).map((run) => run.id));
      replace(list, h("h2", null, "Runs"), runs(listed));
      if (running.size > 0) timer = setTimeout(load, pollMs);
    } catch (error) {
      if (!closed) replace(list, failure(error));
    }
  };
  const begin = async (target) => {
    replace(problem);
    try {
      await call("Verification/Run", { target });
      await load();
    } catch (error) {
      replace(problem, failure(error));
    }
  };
  load();
  return {
    title: "Verification",
    element: h("div", null, h("h1", null, "Verification"), problem, head, list),
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
