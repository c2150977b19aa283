import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
/** Bytes of a secret (Standard Webhooks, "Signature scheme"). */
const LEAST = 24;
const MOST = 64;

/** The key in a secret's text, or null where it is none. */
export function keyOf(text: string): Buffer | null {
  if (!text.startsWith(PREFIX)) return null;
  const base64 = text.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  const isBase64 = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isBase64 && key.length >= LEAST && key.length <= MOST ? key : null;
}

/**
 * The three headers of a webhook (https://www.standardwebhooks.com). `id` is the event's, the same at every attempt, so
 * that a receiver drops what it has; `at` is the attempt's moment, so that a recorded one is worth nothing later.
 * One signature a key: a receiver accepts whichever it knows.
 */
export function signedHeaders(id: string, at: Date, body: string, keys: readonly Buffer[]): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000);
  const sign = (key: Buffer) => createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': keys.map((key) => `v1,${sign(key)}`).join(' '),
  };
}
