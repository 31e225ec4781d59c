// Text of agents and servers, made harmless to look at: what has no glyph, or changes the order of others, is written out.
import { h } from "./dom.js";

// Controls, format characters (bidi among them), surrogates, private and unassigned ones; fillers, variation selectors, and
// blanks that are no space.
const hidden =
  /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u17b4\u17b5\u180b-\u180d\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u;
const names = { 0: "NUL", 9: "TAB", 10: "LF", 13: "CR", 27: "ESC", 0xa0: "NBSP" };

function mark(character) {
  const code = character.codePointAt(0);
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return h("span", { class: "unseen", title: hex }, names[code] ?? hex);
}

// Nodes for a text. `lines`: line ends and tabs stand as they are.
export function visible(text, lines = false) {
  const nodes = [];
  let plain = "";
  for (const character of String(text)) {
    if (!hidden.test(character) || (lines && (character === "\n" || character === "\t"))) {
      plain += character;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(mark(character));
  }
  if (plain) nodes.push(plain);
  return nodes;
}

// One line of it, cut.
export function line(text, most = 160) {
  const short = [...String(text).slice(0, most * 2)].slice(0, most).join("");
  const flat = short.replace(/[ \t\r\n]+/g, " ");
  return h("bdi", null, visible(flat), short.length < String(text).length ? "…" : null);
}

// An agent's, target's or person's name.
export function name(text) {
  return h("bdi", { class: "name" }, visible(text));
}

// A protobuf `bytes` field as text; bytes that are no UTF-8 become \xNN.
export function textOf(base64) {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return partlyText(bytes);
  }
}

function partlyText(bytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] < 0x80 ? 1 : bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
    try {
      text += decoder.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += `\\x${bytes[at++].toString(16).padStart(2, "0")}`;
    }
  }
  return text;
}

const firstPart = 4000;
const nextPart = 100_000;

// A block of SQL or other long text. What is beyond the fold is counted, and shown on request a part at a time.
export function block(text, label) {
  const code = h("code", null);
  const rest = h("p", { class: "fold" });
  const pre = h("pre", { tabindex: 0, role: "region", "aria-label": label ?? "Text" }, code);
  let shown = 0;
  const more = (most) => {
    let end = Math.min(text.length, shown + most);
    // Not between the halves of a character.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1])) ++end;
    code.append(...visible(text.slice(shown, end), true));
    shown = end;
    const left = text.length - shown;
    rest.hidden = left === 0;
    rest.replaceChildren(
      h("strong", null, `${left.toLocaleString()} more characters are not shown. `),
      h("button", { type: "button", class: "plain", onclick: () => more(nextPart) }, "Show more"),
    );
  };
  more(firstPart);
  return h("div", { class: "block" }, pre, rest);
}

// A value, all of it: short ones in the line, others as a block that says what it folds.
function value(text) {
  const short = text.length <= 160 && !/[\r\n]/.test(text);
  return short ? h("code", { class: "value" }, h("bdi", null, visible(text))) : block(text, "Value");
}

// Bound parameters, with their values.
export function parameters(list) {
  return h(
    "ol",
    { class: "parameters" },
    list.map((parameter) =>
      h(
        "li",
        null,
        parameter.name ? [name(parameter.name), " "] : null,
        h("small", null, visible(parameter.type)),
        " ",
        parameter.isNull ? h("em", null, "NULL") : value(textOf(parameter.value)),
      ),
    ),
  );
}
