// The way to our own server. The visit's number lives here, in memory, and nowhere else.
const TURN_MILLISECONDS = 20_000;
let visit = null;

export class ServerError extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

export const newKey = () => crypto.randomUUID();

export function visitNumber() {
  visit ??= newKey();
  return visit;
}

export const hasVisit = () => visit !== null;

export async function get(path) {
  const response = await fetch(`/kiosk/api/${path}`, { cache: "no-store" });
  if (!response.ok) throw new ServerError(response.status);
  return response.json();
}

async function sent(path, body) {
  const response = await fetch(`/kiosk/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TURN_MILLISECONDS),
  });
  if (!response.ok) throw new ServerError(response.status);
  return response;
}

export async function post(path, body) { return (await sent(path, body)).json(); }
export async function postForBlob(path, body, signal) {
  const response = await fetch(`/kiosk/api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw new ServerError(response.status);
  return response.blob();
}
export async function postForAnything(path, body) { return sent(path, body); }

// Sent even while the page goes away.
export async function endVisit() {
  if (visit === null) return;
  const body = JSON.stringify({ visit });
  visit = null;
  try {
    await fetch("/kiosk/api/end", {
      method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true,
    });
  } catch {
    // The server ends visits that have gone silent.
  }
}
