import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder, whether this module runs from its source or from `dist/`. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no package-lock.json above this module: not inside a checkout');
    folder = parent;
  }
  return folder;
}

/** Where everything that runs keeps its state: jars, data, logs, process ids. Ignored by git. */
export function stateRoot(): string {
  return join(repositoryRoot(), '.lazaret');
}
