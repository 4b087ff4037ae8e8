/** What is asked of the server, and how it refuses. */

/** The server's no, in a sentence for the person. */
export class Refusal extends Error {
  constructor(status, type, message, wait = null) {
    super(message);
    /** The status of the answer; 0 where there was none. */
    this.status = status;
    /** The key of the error. */
    this.type = type;
    /** Seconds to wait before the next try, where the server said so. */
    this.wait = wait;
  }
}

const AWAY = "Mynah does not answer. Is it still running? What you wrote is kept.";

/** Ask for JSON; null where the answer has none. `raw` sends bytes as they are. */
export async function call(method, path, { body, raw, headers = {}, signal } = {}) {
  const options = { method, credentials: "same-origin", headers: { Accept: "application/json", ...headers }, signal };
  if (raw !== undefined) options.body = raw;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "away", AWAY);
  }
  if (!answer.ok) throw await refusalOf(answer);
  if (answer.status === 204) return null;
  return answer.json();
}

/** Read a refusal, whatever came: the server's sentence, or one of ours. */
export async function refusalOf(answer) {
  let told = {};
  try {
    told = (await answer.json()).error ?? {};
  } catch {
    // A proxy's page, or half an answer: the status has to do.
  }
  if (answer.status === 401) window.dispatchEvent(new CustomEvent("mynah:locked"));
  const wait = Number(answer.headers.get("Retry-After")) || null;
  return new Refusal(answer.status, told.type ?? "", told.message || sentence(answer.status), wait);
}

function sentence(status) {
  if (status === 401) return "This page needs its key again.";
  if (status === 413) return "That is larger than this Mynah takes.";
  if (status === 429) return "That was a lot at once. Wait a moment and try again.";
  return `Mynah could not do that (${status}). Try again; its log says why.`;
}

export const get = (path, more) => call("GET", path, more);
export const post = (path, body, more) => call("POST", path, { body, ...more });

/** Send a file and hear how far it has come: fetch cannot tell that of what it sends. */
export function upload(blob, name, onShare, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/page/uploads?name=${encodeURIComponent(name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && onShare(event.loaded / event.total);
    request.onerror = () => reject(new Refusal(0, "away", AWAY));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    request.onload = () => {
      let told = null;
      try {
        told = JSON.parse(request.responseText);
      } catch {
        // Not JSON: the status has to do.
      }
      if (request.status === 201 && told) resolve(told);
      else
        reject(new Refusal(request.status, told?.error?.type ?? "", told?.error?.message || sentence(request.status)));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}
