// The gateway's RPCs, as the person who is signed in. The credential stays in the gateway; what the page holds is a token that
// shows a request to be its own.

export class ApiError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

let csrf = "";
let signedOut = () => {};

// Who is told when the gateway says that nobody is signed in (any more).
export function onSignedOut(listener) {
  signedOut = listener;
}

async function post(path, body, headers = {}, signal = undefined) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
      signal,
      headers: { "Content-Type": "application/json", "X-Postern-Csrf": csrf, ...headers },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("UNAVAILABLE", "The gateway cannot be reached.");
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({ code: "UNKNOWN", message: `HTTP ${response.status}` }));
  if (told.code === "UNAUTHENTICATED" && path !== "/session") signedOut();
  throw new ApiError(told.code, told.message);
}

function welcome(session) {
  csrf = session.csrf ?? "";
  return session.signedIn ? session.who : null;
}

// Who is signed in, or null.
export async function whoAmI() {
  const response = await fetch("/session", { cache: "no-store", credentials: "same-origin" });
  const session = await response.json();
  return { who: welcome(session), session };
}

export async function signIn(token) {
  return welcome(await (await post("/session", { token })).json());
}

export async function signOut() {
  await post("/session/end", {});
  csrf = "";
}

// call("Approvals/Get", { id }). `background`: nobody asked for it, so it does not keep the person signed in.
export async function call(method, request = {}, { background = false } = {}) {
  const response = await post(`/rpc/${method}`, request, background ? { "X-Postern-Background": "1" } : {});
  return response.json();
}

// Messages of a streaming RPC, until it ends. `opened` is called when the gateway has taken the call.
export async function* stream(method, request, { signal, opened = () => {}, background = false } = {}) {
  const response = await post(`/rpc/${method}`, request, background ? { "X-Postern-Background": "1" } : {}, signal);
  opened();
  for await (const text of lines(response.body)) {
    if (text === "") continue;
    const item = JSON.parse(text);
    if (item.end) return;
    if (item.error) {
      if (item.error.code === "UNAUTHENTICATED") signedOut();
      throw new ApiError(item.error.code, item.error.message);
    }
    yield item.message;
  }
  throw new ApiError("UNAVAILABLE", "The connection to the gateway broke.");
}

async function* lines(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = [];
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw error.name === "AbortError" ? error : new ApiError("UNAVAILABLE", "The connection to the gateway broke.");
      });
      if (done) return;
      const parts = decoder.decode(value, { stream: true }).split("\n");
      while (parts.length > 1) {
        yield rest.join("") + parts.shift();
        rest = [];
      }
      rest.push(parts[0]);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
