// The policy in force; what it says of a statement; a draft tried out; and what changed between versions.
import { call } from "./api.js";
import { brief, diff } from "./diff.js";
import { badge, facts, failure, field, h, replace, table } from "./dom.js";
import { block, line, name, visible } from "./text.js";
import { when } from "./time.js";

const effects = {
  EFFECT_ALLOW: ["good", "allowed"],
  EFFECT_HOLD: ["wait", "held for a reviewer"],
  EFFECT_DENY: ["bad", "denied"],
};

export function show() {
  const draft = h("textarea", { class: "code", rows: 10, name: "draft", spellcheck: "false" });
  const element = h("div", null, h("h1", null, "Policy"), explainer(draft), inForce(draft), drafts(draft), versions());
  return { title: "Policy", element };
}

// Runs an action into an output element; an error is shown there.
function into(output, action) {
  return async (event) => {
    event?.preventDefault();
    replace(output, h("p", { class: "quiet", role: "status" }, "Asking…"));
    try {
      replace(output, await action());
    } catch (error) {
      replace(output, failure(error));
    }
  };
}

function explainer(draft) {
  const input = (label, properties = {}) =>
    h("input", { name: label, autocomplete: "off", spellcheck: "false", ...properties });
  const [agent, target, groups, schema] = [
    input("agent", { required: true }),
    input("target", { required: true }),
    input("groups"),
    input("schema"),
  ];
  const statement = h("textarea", {
    class: "code",
    rows: 4,
    name: "statement",
    required: true,
    maxlength: 60000,
    spellcheck: "false",
  });
  const useDraft = h("input", { type: "checkbox", name: "use-draft" });
  const output = h("div", { "aria-live": "polite" });
  const form = h(
    "form",
    { class: "card" },
    h("h2", null, "What would be decided?"),
    h(
      "div",
      { class: "filters" },
      field("Agent", agent),
      field("Target", target),
      field("Groups, commas between", groups),
      field("Default schema", schema),
    ),
    field("Statement", statement, "Nothing runs."),
    h("label", { class: "check" }, useDraft, " by the draft below, in place of the policy in force"),
    h("div", { class: "actions" }, h("button", null, "Explain")),
    output,
  );
  form.addEventListener(
    "submit",
    into(output, async () =>
      answerOf(
        await call("Policy/Explain", {
          agent: agent.value.trim(),
          target: target.value.trim(),
          groups: groups.value
            .split(",")
            .map((one) => one.trim())
            .filter(Boolean),
          defaultSchema: schema.value.trim(),
          statement: statement.value,
          policy: useDraft.checked ? draft.value : "",
        }),
      ),
    ),
  );
  return form;
}

function answerOf(answer) {
  return [
    h(
      "p",
      { class: "verdict" },
      badge(...(effects[answer.decision] ?? ["dull", "no decision"])),
      " by rule ",
      h("strong", null, name(answer.rule || "none")),
    ),
    facts([
      ["Because", answer.reason && visible(answer.reason)],
      ["Reviewers", answer.hold && answer.hold.reviewers.map((one, i) => [i ? ", " : "", name(one)])],
      ["Votes needed", answer.hold && String(answer.hold.approvals)],
      [
        "Limits",
        Object.entries(answer.limits ?? {})
          .map(([key, value]) => `${key} ${value}`)
          .join(", "),
      ],
      ["Policy", h("code", null, line(answer.policyVersion, 16))],
    ]),
    answer.facts ? [h("h3", null, "What the statement does"), block(answer.facts, "Facts")] : null,
    answer.outputs.length > 0
      ? table(
          "Columns of the result",
          { Column: (one) => name(one.name), Shown: (one) => (one.mask ? ["masked: ", name(one.mask)] : "as it is") },
          answer.outputs,
        )
      : null,
    answer.maskedUses.length > 0
      ? table(
          "Other uses of masked columns",
          {
            Column: (one) => name(one.column),
            "Used for": (one) => name(one.role),
            Rule: (one) => name(one.maskedUse),
          },
          answer.maskedUses,
        )
      : null,
  ];
}

function inForce(draft) {
  const output = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  into(output, async () => {
    const policy = await call("Policy/Get");
    draft.value ||= policy.text;
    return [
      h(
        "p",
        { class: "quiet" },
        "Version ",
        h("code", null, line(policy.version, 16)),
        ", loaded ",
        when(policy.loadedAtUnixMs),
      ),
      block(policy.text, "Policy in force"),
    ];
  })();
  return h("section", null, h("h2", null, "In force"), output);
}

function drafts(draft) {
  const output = h("div", { "aria-live": "polite" });
  const check = into(output, async () => {
    const { valid, problems, rules } = await call("Policy/Check", { text: draft.value });
    return valid
      ? h("p", null, badge("good", "valid"), ` ${rules} rules. posternctl policy apply puts it in force.`)
      : table(
          "Problems",
          {
            Line: (one) => one.line,
            Column: (one) => one.column,
            Key: (one) => name(one.key),
            Problem: (one) => visible(one.message),
          },
          problems,
        );
  });
  return h(
    "section",
    null,
    h(
      "details",
      null,
      h("summary", null, h("h2", null, "Draft")),
      field("A policy to try out", draft, "Stays in this page."),
      h("div", { class: "actions" }, h("button", { type: "button", onclick: check }, "Check")),
      output,
    ),
  );
}

function versions() {
  const rows = h("div", null, h("p", { class: "quiet" }, "Loading…"));
  const output = h("div", { "aria-live": "polite" });
  into(rows, async () => {
    const { versions: list } = await call("Policy/ListVersions", { limit: 50 });
    const choose = (label, chosen) =>
      h(
        "select",
        { name: label },
        list.map((one, i) =>
          h(
            "option",
            { value: one.version, selected: i === chosen },
            `${one.version.slice(0, 12)}${one.inForce ? " (in force)" : ""}`,
          ),
        ),
      );
    const [before, after] = [choose("before", Math.min(1, list.length - 1)), choose("after", 0)];
    const compare = into(output, async () => {
      const [a, b] = await Promise.all([before.value, after.value].map((version) => call("Policy/Get", { version })));
      return changes(a.text, b.text);
    });
    return [
      table(
        "Versions",
        {
          Version: (one) => h("code", null, line(one.version, 16)),
          When: (one) => when(one.atUnixMs),
          Who: (one) => name(one.who || "the file"),
          Reason: (one) => h("span", { dir: "auto" }, visible(one.reason)),
          State: (one) => one.inForce && badge("good", "in force"),
        },
        list,
      ),
      list.length > 1
        ? h(
            "div",
            { class: "filters" },
            field("From", before),
            field("To", after),
            h("button", { type: "button", onclick: compare }, "Compare"),
          )
        : null,
    ];
  })();
  return h("section", null, h("h2", null, "Versions"), rows, output);
}

const signs = { same: " ", gone: "−", new: "+" };

function changes(before, after) {
  const lines = brief(diff(before, after));
  if (lines.every(([kind]) => kind === "skip")) return h("p", { class: "quiet" }, "No difference.");
  return h(
    "pre",
    { class: "diff", tabindex: 0, role: "region", "aria-label": "Differences" },
    lines.map(([kind, text]) =>
      h(
        "span",
        { class: kind },
        kind === "skip" ? `… ${text} lines as they were` : [`${signs[kind]} `, visible(text, true)],
        "\n",
      ),
    ),
  );
}
