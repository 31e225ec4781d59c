// Approvals as they are now: one stream for the whole page, taken up again when it breaks.
import { call, stream } from "./api.js";

const firstPause = 500;
const longestPause = 20_000;

class Store {
  #byId = new Map();
  #listeners = new Set();
  #abort = null;
  // "off", "live", or why not.
  state = "off";

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // Newest first.
  all() {
    return [...this.#byId.values()].sort((a, b) => Number(b.createdAtUnixMs) - Number(a.createdAtUnixMs));
  }

  pending() {
    return this.all().filter((one) => one.state === "STATE_PENDING");
  }

  get(id) {
    return this.#byId.get(id);
  }

  put(approval) {
    const known = this.#byId.get(approval.id);
    // What was decided stays so, whichever answer comes later.
    if (known && known.state !== "STATE_PENDING" && approval.state === "STATE_PENDING") return;
    this.#byId.set(approval.id, approval);
    this.#tell(this.state === "live" && !known ? `New: ${approval.agent} asks on ${approval.target}` : "");
  }

  start() {
    this.stop();
    this.#abort = new AbortController();
    this.#follow(this.#abort.signal);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = null;
    this.#byId.clear();
    this.#is("off");
  }

  async #follow(signal) {
    let pause = firstPause;
    while (!signal.aborted) {
      try {
        const opened = () => {
          pause = firstPause;
          this.#refill(signal);
        };
        for await (const approval of stream("Approvals/Watch", {}, { signal, opened, background: true }))
          this.put(approval);
      } catch (error) {
        if (signal.aborted || error.code === "UNAUTHENTICATED") return;
        this.#is(error.message);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(longestPause, pause * 2);
    }
  }

  // What was pending before a break may have ended meanwhile: the stream tells only of what is pending now.
  async #refill(signal) {
    const { approvals } = await call("Approvals/List", { limit: 100 }, { background: true });
    if (signal.aborted) return;
    const listed = new Set(approvals.map((one) => one.id));
    for (const one of this.all()) {
      if (one.state === "STATE_PENDING" && !listed.has(one.id)) this.#byId.delete(one.id);
    }
    for (const one of approvals) {
      if (this.#byId.get(one.id)?.state !== "STATE_PENDING" || one.state !== "STATE_PENDING")
        this.#byId.set(one.id, one);
    }
    this.#is("live");
  }

  #is(state) {
    this.state = state;
    this.#tell("");
  }

  #tell(news) {
    this.#listeners.forEach((listener) => listener(news));
  }
}

export const store = new Store();
