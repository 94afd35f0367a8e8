// Talking to the sandbox.

/** A GET or, with `body`, a POST of JSON. What an act came to is in the answer's `ok` and `error`. */
export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return read(() => fetch(path, options));
}

/** Send a file from this person to the bot. */
export async function upload(userid, file) {
  const form = new FormData();
  form.append("media", file);
  return read(() => fetch(`/sandbox/upload?userid=${encodeURIComponent(userid)}`, { method: "POST", body: form }));
}

async function read(send) {
  let answer;
  try {
    answer = await send();
  } catch {
    return { ok: false, error: "沙箱没有应答" };
  }
  return answer.ok ? answer.json() : { ok: false, error: (await answer.text()) || `沙箱应答 ${answer.status}` };
}

/** One stream of events for the whole page; the browser reconnects it by itself. */
export function listen(onEvent, onLine) {
  const stream = new EventSource("/sandbox/events");
  stream.onopen = () => onLine(true);
  stream.onerror = () => onLine(false);
  stream.onmessage = (message) => onEvent(JSON.parse(message.data));
  addEventListener("pagehide", () => stream.close());
}
