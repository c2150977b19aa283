import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Command line of one of the ward's own Node programs. They run as built (`npm run build`), also when the caller runs
 * from source as under Jest.
 *
 * @param path below `dist/test/ward`, e.g. `worm/worm.command.js`
 */
export function programCommand(path: string, ...words: string[]): string[] {
  const file = join(repositoryRoot(), 'dist/test/ward', path);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build first`);
  return [process.execPath, file, ...words];
}

export function wardSource(path: string): string {
  return join(repositoryRoot(), 'test/ward', path);
}

function repositoryRoot(): string {
  let dir = import.meta.dirname;
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error('not inside the repository');
    dir = parent;
  }
  return dir;
}
