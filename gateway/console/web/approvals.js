// Held statements and requested tasks, live. j and k move, a approves, d denies.
import { call } from "./api.js";
import { store } from "./approvals-live.js";
import { isTask, sections, stateBadge, stateNames, subject } from "./approval-fields.js";
import { announce, askReason, failure, h, replace } from "./dom.js";
import { line, name } from "./text.js";
import { countdown, when } from "./time.js";

const mostDecided = 50;

// Why this person may not decide; empty if the gateway may let them. What counts is what the gateway says.
function whyNot(approval, me) {
  if (approval.state !== "STATE_PENDING") return "This is decided.";
  if (!me.roles.includes("ROLE_REVIEWER")) return "Deciding takes the role reviewer, which you do not have.";
  if (approval.reviewers.length > 0 && !approval.reviewers.some((group) => me.groups.includes(group))) {
    return `Only members of ${approval.reviewers.join(", ")} may decide this.`;
  }
  return "";
}

export function show([id], me) {
  const view = new View(me);
  view.select(id ?? store.pending()[0]?.id ?? store.all()[0]?.id ?? null, Boolean(id));
  return { title: "Approvals", element: view.element, close: () => view.close(), keys: view.keys };
}

class View {
  #me;
  #id = null;
  // The whole of the selected one; the live store holds abridged ones.
  #whole = null;
  #list = h("div", { class: "list" });
  #detail = h("article", { class: "detail", "aria-live": "off" });
  #problem = h("div");
  #panes;
  #unsubscribe;
  element;
  keys = {
    j: () => this.#move(1),
    k: () => this.#move(-1),
    a: () => this.#decide(true),
    d: () => this.#decide(false),
  };

  constructor(me) {
    this.#me = me;
    this.#panes = h(
      "div",
      { class: "two-panes" },
      h(
        "div",
        { class: "pane" },
        this.#list,
        h(
          "p",
          { class: "quiet keys" },
          h("kbd", null, "j"),
          " ",
          h("kbd", null, "k"),
          " move, ",
          h("kbd", null, "a"),
          " approve, ",
          h("kbd", null, "d"),
          " deny",
        ),
      ),
      h("div", { class: "pane" }, this.#problem, this.#detail),
    );
    this.element = h("div", null, h("h1", null, "Approvals"), this.#panes);
    this.#unsubscribe = store.onChange(() => this.#changed());
  }

  close() {
    this.#unsubscribe();
  }

  // `chosen`: by a person, so that a narrow screen shows it in place of the list.
  async select(id, chosen = true) {
    this.#id = id;
    this.#whole = null;
    this.#panes.classList.toggle("chosen", chosen && id !== null);
    replace(this.#problem);
    this.#drawList();
    this.#drawDetail();
    if (id) await this.#fetch(id);
  }

  async #fetch(id) {
    try {
      const whole = await call("Approvals/Get", { id }, { background: true });
      if (this.#id !== id) return;
      this.#whole = whole;
      store.put(whole);
      this.#drawDetail();
    } catch (error) {
      if (this.#id === id) replace(this.#problem, failure(error));
    }
  }

  #changed() {
    const live = this.#id && store.get(this.#id);
    this.#drawList();
    if (!this.#id) return void this.select(store.pending()[0]?.id ?? null, false);
    const changed =
      live && this.#whole && (live.state !== this.#whole.state || live.votes.length !== this.#whole.votes.length);
    if (changed) this.#fetch(this.#id);
    else if (!this.#whole) this.#drawDetail();
  }

  #drawList() {
    const all = store.all();
    const pending = all.filter((one) => one.state === "STATE_PENDING");
    const decided = all.filter((one) => one.state !== "STATE_PENDING").slice(0, mostDecided);
    const hadFocus = this.#list.contains(document.activeElement);
    replace(
      this.#list,
      store.state === "live"
        ? null
        : h(
            "p",
            { class: "quiet", role: "status" },
            store.state === "off"
              ? "Your roles do not let you see approvals."
              : `Not live: ${store.state} Trying again…`,
          ),
      h("h2", null, `Waiting (${pending.length})`),
      pending.length
        ? h(
            "ul",
            { class: "rows" },
            pending.map((one) => this.#row(one)),
          )
        : h("p", { class: "quiet" }, "Nothing waits."),
      decided.length
        ? [
            h("h2", null, "Decided lately"),
            h(
              "ul",
              { class: "rows" },
              decided.map((one) => this.#row(one)),
            ),
          ]
        : null,
    );
    if (hadFocus) this.#list.querySelector("[aria-current]")?.focus();
  }

  #row(approval) {
    const current = approval.id === this.#id;
    return h(
      "li",
      null,
      h(
        "a",
        {
          href: `#/approvals/${encodeURIComponent(approval.id)}`,
          class: "row",
          "aria-current": current ? "true" : null,
          "data-id": approval.id,
        },
        h(
          "span",
          { class: "row-top" },
          name(approval.agent),
          " → ",
          name(approval.target),
          approval.state === "STATE_PENDING" ? countdown(approval.expiresAtUnixMs) : stateBadge(approval),
        ),
        h("code", null, line(subject(approval), 90)),
        approval.state === "STATE_PENDING" ? null : h("small", null, when(approval.createdAtUnixMs)),
      ),
    );
  }

  #drawDetail() {
    const approval = this.#whole ?? store.get(this.#id);
    if (!approval)
      return replace(this.#detail, h("p", { class: "quiet" }, this.#id ? "Loading…" : "Select one to see it whole."));
    const no = whyNot(approval, this.#me);
    replace(
      this.#detail,
      h(
        "a",
        { class: "back", href: "#/approvals", onclick: () => this.#panes.classList.remove("chosen") },
        "‹ All approvals",
      ),
      h(
        "header",
        null,
        h("h2", null, isTask(approval) ? "A task wants to open" : "A statement waits"),
        stateBadge(approval),
        h("code", { class: "id" }, name(approval.id)),
      ),
      sections.map((section) => section(approval)),
      h(
        "footer",
        { class: "decide" },
        no
          ? h("p", { class: "quiet" }, no)
          : [
              h(
                "button",
                { type: "button", class: "good", disabled: !this.#whole, onclick: () => this.#decide(true) },
                "Approve…",
              ),
              h(
                "button",
                { type: "button", class: "bad", disabled: !this.#whole, onclick: () => this.#decide(false) },
                "Deny…",
              ),
            ],
      ),
    );
  }

  #move(by) {
    const rows = [
      ...store.pending(),
      ...store
        .all()
        .filter((one) => one.state !== "STATE_PENDING")
        .slice(0, mostDecided),
    ];
    const at = rows.findIndex((one) => one.id === this.#id);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next && next.id !== this.#id) location.hash = `#/approvals/${encodeURIComponent(next.id)}`;
  }

  async #decide(approve) {
    const approval = this.#whole;
    if (!approval || whyNot(approval, this.#me)) return;
    const action = approve ? "Approve" : "Deny";
    const hidden = this.#detail.querySelector(".fold:not([hidden])");
    const reason = await askReason({
      title: `${action} this?`,
      action,
      kind: approve ? "good" : "bad",
      required: approve && approval.reasonRequired,
      text: [
        name(approval.agent),
        " on ",
        name(approval.target),
        ": ",
        h("code", null, line(subject(approval), 200)),
        approve && hidden ? h("strong", { class: "alert" }, "You have not seen all of it: a part is folded.") : null,
      ],
    });
    if (reason === null) return;
    try {
      const decided = await call(`Approvals/${action}`, { id: approval.id, reason });
      store.put(decided);
      announce(`${action}: ${(stateNames[decided.state] ?? ["", decided.state])[1]}`);
      replace(this.#problem);
    } catch (error) {
      replace(this.#problem, failure(error));
    }
    await this.#fetch(approval.id);
  }
}
