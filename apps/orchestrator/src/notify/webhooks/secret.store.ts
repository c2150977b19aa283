import { readFile } from 'node:fs/promises';
import { keyOf } from './signature.js';

/** The keys of a subscription now, or which file is at fault: named, never quoted. */
export type Keys = { ok: true; keys: Buffer[] } | { ok: false; failure: string };

/** Reads the secrets at each use, so that a changed one holds from the next attempt on. Nothing keeps them. */
export async function readKeys(files: readonly string[]): Promise<Keys> {
  const keys: Buffer[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) return { ok: false, failure: `the secret file ${file} can't be read` };
    const key = keyOf(text.trim());
    if (!key) return { ok: false, failure: `the secret file ${file} holds no whsec_ with 24 to 64 bytes of base64` };
    keys.push(key);
  }
  return { ok: true, keys };
}
