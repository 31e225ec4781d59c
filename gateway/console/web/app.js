// The page: who is signed in, where they are, and the view that shows it.
import { ApiError, onSignedOut, signIn, signOut, whoAmI } from "./api.js";
import { announce, failure, field, h, replace } from "./dom.js";
import { name } from "./text.js";
import * as approvals from "./approvals.js";
import * as policy from "./policy.js";
import * as sessions from "./sessions.js";
import * as targets from "./targets.js";
import * as tasks from "./tasks.js";
import * as verification from "./verification.js";
import { store } from "./approvals-live.js";

// A view is a function (where, me) -> { title, element, close?, keys? }; `where` is what follows its name in the address. One with
// roles is for those who have one of them.
const views = [
  { path: "approvals", label: "Approvals", show: approvals.show },
  { path: "sessions", label: "Sessions", show: sessions.show },
  { path: "tasks", label: "Tasks", show: tasks.show },
  { path: "policy", label: "Policy", show: policy.show },
  { path: "targets", label: "Targets", show: targets.show },
  { path: "verification", label: "Verification", show: verification.show, roles: verification.roles },
];

const top = document.getElementById("top");
const main = document.getElementById("main");
const count = h("span", { class: "count" });
let me = null;
let current = null;
let providers = [];

export const roleNames = { ROLE_REVIEWER: "reviewer", ROLE_AUDITOR: "auditor", ROLE_ADMIN: "admin" };

function isOpenTo(view) {
  return !view.roles || view.roles.some((role) => me.roles.includes(role));
}

function drawTop() {
  const here = location.hash.slice(2).split("/")[0];
  replace(
    top,
    h(
      "a",
      { class: "brand", href: "#/approvals" },
      h("img", { src: "/icon.svg", alt: "", width: 20, height: 20 }),
      "Postern",
    ),
    me &&
      h(
        "nav",
        { "aria-label": "Views" },
        views.filter(isOpenTo).map((view) =>
          h(
            "a",
            { href: `#/${view.path}`, "aria-current": here === view.path ? "page" : null },
            view.label,
            view.path === "approvals" ? count : null,
          ),
        ),
      ),
    me &&
      h(
        "details",
        { class: "me" },
        h("summary", null, name(me.name)),
        h(
          "div",
          { class: "card" },
          h("p", null, me.roles.length ? me.roles.map((role) => roleNames[role] ?? role).join(", ") : "no role"),
          me.groups.length
            ? h(
                "p",
                { class: "quiet" },
                "groups: ",
                me.groups.map((group, i) => [i ? ", " : "", name(group)]),
              )
            : null,
          h("button", { type: "button", class: "plain", onclick: leave }, "Sign out"),
        ),
      ),
  );
  tellCount();
}

// By itself, so that news neither close the menu nor take the focus away.
function tellCount() {
  const waiting = store.pending().length;
  count.textContent = waiting;
  count.title = `${waiting} waiting`;
  count.hidden = waiting === 0;
  document.title = `${waiting > 0 && me ? `(${waiting}) ` : ""}${current?.title ?? "Sign in"} — Postern`;
}

async function leave() {
  await signOut().catch(() => {});
  showSignIn();
}

function close() {
  current?.close?.();
  current = null;
}

// "#/sessions/ses_1/replay" as its parts; none of what is no such text.
function placeOf(hash) {
  try {
    return hash.slice(2).split("/").map(decodeURIComponent);
  } catch {
    return [""];
  }
}

function route() {
  if (!me) return;
  const [path, ...where] = placeOf(location.hash);
  const view = views.find((one) => one.path === path && isOpenTo(one)) ?? views[0];
  if (view.path !== path) return void location.replace(`#/${view.path}`);
  close();
  try {
    current = view.show(where, me);
    replace(main, current.element);
  } catch (error) {
    replace(main, failure(error));
  }
  drawTop();
}

function showSignIn(why = "") {
  me = null;
  if (location.hash === "#/sign-in-failed") {
    why = "The provider's sign-in did not let you in. The gateway's log says why.";
    history.replaceState(null, "", "/");
  }
  store.stop();
  close();
  const token = h("input", {
    type: "password",
    name: "token",
    autocomplete: "off",
    required: true,
    spellcheck: "false",
    maxlength: 20000,
  });
  const problem = h("div", null, why ? h("p", { class: "alert", role: "alert" }, why) : null);
  const form = h(
    "form",
    { class: "card sign-in" },
    h("h1", null, "Sign in"),
    providers.map((provider, i) =>
      h("p", null, h("a", { class: "button wide", href: `/sign-in/${i}` }, "With ", name(provider))),
    ),
    h(
      "p",
      { class: "quiet" },
      "With a person's access token. An admin makes one with ",
      h("code", null, "posternctl tokens create --kind person"),
      ".",
    ),
    problem,
    field("Access token", token),
    h("button", { class: "good" }, "Sign in"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = token.value.trim();
    token.value = "";
    try {
      me = await signIn(typed);
      begin();
    } catch (error) {
      replace(problem, failure(error));
      token.focus();
    }
  });
  replace(main, form);
  drawTop();
  token.focus();
}

function begin() {
  const mayWatch = me.roles.length > 0;
  if (mayWatch) store.start();
  route();
  main.focus();
}

// One key, where nobody is typing.
function onKey(event) {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = current?.keys?.[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

onSignedOut(() => me && showSignIn("You have been signed out: the session is over."));
store.onChange((news) => {
  tellCount();
  if (news) announce(news);
});
addEventListener("hashchange", () => {
  route();
  main.focus();
});
addEventListener("keydown", onKey);
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof ApiError) main.prepend(failure(event.reason));
});

try {
  const { who, session } = await whoAmI();
  me = who;
  providers = session.providers ?? [];
  if (me) begin();
  else showSignIn();
} catch {
  replace(main, failure(new Error("The gateway cannot be reached. Load the page again.")));
}
