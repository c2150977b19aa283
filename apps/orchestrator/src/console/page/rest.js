/** A problem that the server reported (RFC 9457), in words for people. */
export class Problem extends Error {
  constructor(status, document) {
    const errors = (document.errors ?? []).map((e) => `${e.pointer ?? ''} ${e.detail ?? e.code}`.trim());
    super([document.title ?? `The server answered ${status}`, document.detail, ...errors].filter(Boolean).join('. '));
    this.status = status;
    this.type = document.type ?? '';
  }
}

const key = 'lazaret-token';
export const savedToken = () => sessionStorage.getItem(key) ?? '';
export const saveToken = (token) => sessionStorage.setItem(key, token);
export const forgetToken = () => sessionStorage.removeItem(key);

const headers = () => ({ authorization: `Bearer ${savedToken()}` });

async function answer(response) {
  if (response.ok) return response.status === 204 ? undefined : response.json();
  const document = await response.json().catch(() => ({}));
  throw new Problem(response.status, document);
}

export const get = async (path) => answer(await fetch(path, { headers: headers() }));

export const post = async (path, body) =>
  answer(
    await fetch(path, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );

/**
 * Follows the server-sent events until the signal aborts: calls `event({ id, type, data })` for each. EventSource can't
 * carry a token, so the stream is read by hand (HTML standard, 9.2.6).
 */
export async function follow(path, lastEventId, event, signal) {
  const response = await fetch(path, {
    headers: { ...headers(), accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    signal,
  });
  if (!response.ok) await answer(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) dispatch(block, event);
  }
}

function dispatch(block, event) {
  const fields = block
    .split('\n')
    .map((line) => /^(id|event|data): ?(.*)$/.exec(line))
    .filter(Boolean);
  const one = (name) =>
    fields
      .filter((f) => f[1] === name)
      .map((f) => f[2])
      .join('\n');
  if (fields.length > 0) event({ id: one('id'), type: one('event'), data: JSON.parse(one('data') || 'null') });
}
