// The way to our own server. The visit's number lives here, in memory, and nowhere else.
const TURN_MILLISECONDS = 20_000;
const GOODBYE_MILLISECONDS = 3_000;
let visit = null;

export class ServerError extends Error {
  constructor(status, code) {
    super(`status ${status}`);
    this.status = status;
    this.code = code;
  }
}

async function failure(response) {
  const body = await response.json().catch(() => null);
  return new ServerError(response.status, body?.error?.code);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// A part of the box is being started again: the same question can be put once more, in a moment.
export const isStarting = (error) => error instanceof TypeError || error.code === "starting";

export const newKey = () => crypto.randomUUID();

export function visitNumber() {
  visit ??= newKey();
  return visit;
}

export const hasVisit = () => visit !== null;
export function forgetVisit() { visit = null; }

// Before the page is loaded anew: a browser shows a page of its own where nobody answers.
export async function whenThere() {
  for (;;) {
    try {
      const response = await fetch("/kiosk", { cache: "no-store", signal: AbortSignal.timeout(GOODBYE_MILLISECONDS) });
      if (response.ok) return;
    } catch {
      // Being started again.
    }
    await pause(1_000);
  }
}

export async function get(path) {
  const response = await fetch(`/kiosk/api/${path}`, { cache: "no-store", signal: AbortSignal.timeout(TURN_MILLISECONDS) });
  if (!response.ok) throw await failure(response);
  return response.json();
}

async function sent(path, body, milliseconds = TURN_MILLISECONDS) {
  const response = await fetch(`/kiosk/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(milliseconds),
  });
  if (!response.ok) throw await failure(response);
  return response;
}

export async function post(path, body, milliseconds) { return (await sent(path, body, milliseconds)).json(); }
export async function postForSound(path, body, stop) {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TURN_MILLISECONDS)]);
  const response = await fetch(`/kiosk/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await failure(response);
  return {
    sound: await response.blob(),
    parts: Number(response.headers.get("X-Speech-Parts")),
    words: decodeURIComponent(response.headers.get("X-Speech-Words") ?? ""),
  };
}

// Sent even while the page goes away.
export async function endVisit() {
  if (visit === null) return;
  const body = JSON.stringify({ visit });
  visit = null;
  try {
    await fetch("/kiosk/api/end", {
      method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true,
      signal: AbortSignal.timeout(GOODBYE_MILLISECONDS),
    });
  } catch {
    // The server ends visits that have gone silent.
  }
}
