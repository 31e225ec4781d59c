// A session, record by record: at its own pace or faster, or wherever the slider is put.
import { stream } from "./api.js";
import { failure, field, h, replace } from "./dom.js";
import { headline, story } from "./records.js";
import { name } from "./text.js";
import { span } from "./time.js";

// Beyond that a page is the wrong tool.
const mostRecords = 5000;
// However long nothing happened, the reader waits no longer.
const longestWait = 3000;

const at = (record) => Number(record.atUnixUs) / 1000;

export function replay(id) {
  const view = new Replay(id);
  return { title: "Replay", element: view.element, close: () => view.close(), keys: view.keys };
}

class Replay {
  #records = [];
  #at = 0;
  #timer = null;
  #abort = new AbortController();
  #slider = h("input", {
    type: "range",
    min: 0,
    max: 0,
    value: 0,
    oninput: () => this.#go(Number(this.#slider.value)),
  });
  #speed = h(
    "select",
    null,
    [
      ["1", "1×"],
      ["4", "4×"],
      ["20", "20×"],
      ["0", "one a second"],
    ].map(([value, label]) => h("option", { value }, label)),
  );
  #play = h("button", { type: "button", onclick: () => this.#toggle() }, "Play");
  #where = h("output", { class: "quiet" });
  #list = h("ol", { class: "rows timeline" });
  #story = h("article", { class: "detail" });
  #note = h("div", null, h("p", { class: "quiet", role: "status" }, "Loading…"));
  element;
  keys = {
    ArrowRight: () => this.#go(this.#at + 1),
    ArrowLeft: () => this.#go(this.#at - 1),
    " ": () => this.#toggle(),
    j: () => this.#go(this.#at + 1),
    k: () => this.#go(this.#at - 1),
    Home: () => this.#go(0),
    End: () => this.#go(this.#records.length - 1),
  };

  constructor(id) {
    this.element = h(
      "div",
      null,
      h("a", { class: "up", href: `#/sessions/${encodeURIComponent(id)}` }, "‹ The session"),
      h("header", { class: "head" }, h("h1", null, "Replay"), h("code", { class: "id" }, name(id))),
      h(
        "div",
        { class: "card scrub" },
        this.#play,
        h(
          "button",
          { type: "button", class: "plain", "aria-label": "Back", onclick: () => this.#go(this.#at - 1) },
          "‹",
        ),
        h(
          "button",
          { type: "button", class: "plain", "aria-label": "Forward", onclick: () => this.#go(this.#at + 1) },
          "›",
        ),
        field("Record", this.#slider),
        field("Speed", this.#speed),
        this.#where,
      ),
      this.#note,
      h(
        "div",
        { class: "two-panes both" },
        h("div", { class: "pane" }, this.#list),
        h("div", { class: "pane" }, this.#story),
      ),
    );
    this.#load(id);
  }

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  async #load(id) {
    try {
      for await (const record of stream("Sessions/Replay", { id }, { signal: this.#abort.signal })) {
        this.#add(record);
        if (this.#records.length >= mostRecords) break;
      }
      replace(
        this.#note,
        this.#records.length >= mostRecords
          ? h("p", { class: "quiet" }, `The first ${mostRecords} records. posternctl sessions replay has all of them.`)
          : null,
      );
    } catch (error) {
      if (error.name !== "AbortError") replace(this.#note, failure(error));
    }
  }

  #add(record) {
    const index = this.#records.push(record) - 1;
    const since = span(at(record) - at(this.#records[0]));
    this.#list.append(
      h(
        "li",
        null,
        h(
          "button",
          { type: "button", class: "row", onclick: () => this.#go(index) },
          h("small", null, `+${since}`),
          h("span", null, headline(record)),
        ),
      ),
    );
    this.#slider.max = index;
    if (index === 0) this.#go(0);
    else this.#tellWhere();
  }

  #go(index) {
    if (index < 0 || index >= this.#records.length) return this.#stop();
    this.#list.children[this.#at]?.firstChild.removeAttribute("aria-current");
    this.#at = index;
    const row = this.#list.children[index].firstChild;
    row.setAttribute("aria-current", "true");
    // The list alone scrolls, not the page.
    this.#list.scrollTop = Math.max(0, row.offsetTop - this.#list.offsetTop - this.#list.clientHeight / 2);
    this.#slider.value = index;
    replace(this.#story, story(this.#records[index]));
    this.#tellWhere();
  }

  #tellWhere() {
    const record = this.#records[this.#at];
    const date = new Date(at(record));
    replace(
      this.#where,
      `${this.#at + 1} of ${this.#records.length}, +${span(at(record) - at(this.#records[0]))}, ${date.toLocaleTimeString()}`,
    );
  }

  #toggle() {
    if (this.#timer) return this.#stop();
    if (this.#at >= this.#records.length - 1) this.#go(0);
    this.#play.textContent = "Pause";
    this.#next();
  }

  #next() {
    const [now, then] = [this.#records[this.#at], this.#records[this.#at + 1]];
    if (!then) return this.#stop();
    const speed = Number(this.#speed.value);
    const wait = speed ? Math.min(longestWait, (at(then) - at(now)) / speed) : 1000;
    this.#timer = setTimeout(() => {
      this.#go(this.#at + 1);
      if (this.#timer) this.#next();
    }, wait);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#play.textContent = "Play";
  }
}
