// What a held statement would change, as far as could be found out without running it.
import { h, table } from "./dom.js";
import { line, name, textOf, visible } from "./text.js";
import { ms, when } from "./time.js";

// Rows that came from the database, in the order of their columns, which may share names.
function rows(caption, columns, list) {
  const labels = columns.map((column) => h("bdi", null, visible(column)).textContent);
  const cells = labels.map((label, i) => [
    labels.indexOf(label) === i ? label : `${label} (${i + 1})`,
    (row) => (row.values[i].isNull ? h("em", null, "NULL") : h("code", null, line(textOf(row.values[i].value)))),
  ]);
  return table(caption, Object.fromEntries(cells), list);
}

function count(preview) {
  const met = ms(preview.rows);
  return [
    h("strong", null, `${preview.rowsCapped ? "More than " : ""}${met.toLocaleString()} ${met === 1 ? "row" : "rows"}`),
    " at ",
    when(preview.takenAtUnixMs),
    preview.approximate && ", approximately: it has a LIMIT and no order",
  ];
}

export function preview(preview) {
  const title = h("h3", null, "Which rows it meets");
  if (preview.missing) return h("section", null, title, h("p", null, "Not known: ", visible(preview.missing)));
  return h(
    "section",
    null,
    title,
    h("p", null, count(preview)),
    preview.sample.length > 0 && [
      h("h4", null, "Some of them as they are now"),
      rows("Rows as they are now", preview.columns, preview.sample),
    ],
    preview.masks.length > 0 &&
      h(
        "p",
        { class: "quiet" },
        "Masked: ",
        preview.masks.map((mask, i) => [i ? ", " : "", name(mask)]),
      ),
    preview.plan.length > 0 && [
      h("h4", null, "How the server would find them"),
      rows("Plan", preview.planColumns, preview.plan),
    ],
  );
}
