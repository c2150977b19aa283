import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, with its secret in a file. */
export class TestFolder {
  static async make(secret: string): Promise<TestFolder> {
    const folder = new TestFolder(await mkdtemp(join(tmpdir(), 'lzr-')));
    await folder.write('secret', `${secret}\n`);
    return folder;
  }

  private constructor(readonly path: string) {}

  get secretFile(): string {
    return join(this.path, 'secret');
  }

  async write(name: string, text: string): Promise<string> {
    const file = join(this.path, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
