import { readFile } from 'node:fs/promises';
import { DriverError } from './errors.js';

/**
 * A secret in a file of its own. It is read at each use, so that a rotated one holds from the next request on, and is
 * kept nowhere else. The end of its last line is not part of it. Errors name the file, never what is in it.
 */
export class SecretFile {
  constructor(readonly path: string) {}

  /** The secret now. `misconfigured` where the file can't be read or is empty. */
  async read(): Promise<string> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new DriverError('misconfigured', `can't read the secret file ${this.path}: ${error.code ?? 'unknown'}`);
    });
    const secret = text.replace(/\r?\n$/, '');
    if (secret === '') throw new DriverError('misconfigured', `the secret file ${this.path} is empty`);
    return secret;
  }
}
