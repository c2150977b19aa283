import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A small file that another process, or a person, may replace at any time. Reading is synchronous: it is done within
 * one answer to a switch, and only where the version has changed.
 */
export class PolicyFile {
  constructor(readonly path: string) {}

  /** Another text has another version; null: there is no such file. Throws where its folder is gone. */
  version(): string | null {
    const stat = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    if (stat) return `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
    statSync(dirname(this.path));
    return null;
  }

  read(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** The whole new text or the old one, whenever the machine stops; on the disk when it resolves. */
  async replace(text: string): Promise<void> {
    const temporary = `${this.path}.${randomUUID()}.new`;
    try {
      await write(temporary, text);
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
