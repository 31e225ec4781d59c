// Elements made by hand: text is always a text node, so that nothing an agent wrote can become markup.

// h("p", { class: "quiet", onclick: f }, "text", node, [more], null)
export function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...flat(children));
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

// A dl of [label, value] pairs; a pair without a value is left out.
export function facts(pairs) {
  const shown = pairs.filter((pair) => pair && ![null, undefined, "", false].includes(pair[1]));
  return h(
    "dl",
    { class: "facts" },
    shown.map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value))),
  );
}

// A table that a narrow screen turns into a card per row. `columns`: label -> cell of a row.
export function table(caption, columns, rows, options = {}) {
  if (rows.length === 0) return h("p", { class: "quiet" }, options.empty ?? "Nothing here.");
  const labels = Object.keys(columns);
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      null,
      h("caption", { class: "visually-hidden" }, caption),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          labels.map((label) => h("th", { scope: "col" }, label)),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            labels.map((label) => h("td", { "data-label": label }, h("span", null, columns[label](row)))),
          ),
        ),
      ),
    ),
  );
}

export function badge(kind, text) {
  return h("span", { class: `badge ${kind}` }, text);
}

export function failure(error) {
  return h("p", { class: "alert", role: "alert" }, error.message || String(error));
}

// Read out by screen readers.
export function announce(text) {
  document.getElementById("news").textContent = text;
}

let made = 0;
// A labelled field: the input is its second child.
export function field(label, input, hint) {
  input.id ||= `field-${++made}`;
  return h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, label),
    input,
    hint ? h("small", null, hint) : null,
  );
}

// Asks for a reason. Resolves to the text, or to null when the person thinks better of it.
export function askReason({ title, text, action, kind, required }) {
  return new Promise((resolve) => {
    const reason = h("textarea", { rows: 3, maxlength: 1000, required, name: "reason" });
    const dialog = h(
      "dialog",
      { "aria-label": title },
      h(
        "form",
        { method: "dialog" },
        h("h2", null, title),
        h("p", null, text),
        field(required ? "Reason" : "Reason (goes into the record)", reason),
        h(
          "div",
          { class: "actions" },
          h("button", { type: "button", class: "plain", onclick: () => dialog.close("no") }, "Cancel"),
          h("button", { class: kind, value: "yes" }, action),
        ),
      ),
    );
    reason.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
        dialog.querySelector("form").requestSubmit(dialog.querySelector(`button.${kind}`));
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? reason.value : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
