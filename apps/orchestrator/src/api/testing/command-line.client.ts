import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = 'dist/apps/cli/src/main.js';
const SOURCES = ['apps/cli/src', ...readdirSync('libs').map((name) => `libs/${name}/src`)];

/** How a run of the command line ended. */
export interface Run {
  code: number;
  out: string;
  err: string;
}

/** The compiled command line, each run a process of its own with this environment and no other of Lazaret's. */
export class CommandLine {
  constructor(private readonly environment: Record<string, string>) {
    buildWhenStale();
  }

  with(environment: Record<string, string>): CommandLine {
    return new CommandLine({ ...this.environment, ...environment });
  }

  run(...words: string[]): Promise<Run> {
    const env = { PATH: process.env['PATH'] ?? '', ...this.environment };
    return new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...words], { env, timeout: 60_000 }, (error, out, err) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, out, err });
      });
    });
  }

  /** A run that must succeed, and what it printed for programs. */
  async json<T>(...words: string[]): Promise<T> {
    const { code, out, err } = await this.run('--json', ...words);
    if (code !== 0) throw new Error(`lazaret ${words.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }
}

let isBuilt = false;

/** Compiles when a source is newer than what was made of it. Errors elsewhere in the tree don't matter here. */
function buildWhenStale(): void {
  if (isBuilt) return;
  isBuilt = true;
  const files = SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => ({ source: join(folder, name), output: join('dist', folder, name.replace(/\.ts$/, '.js')) })),
  );
  const stale = files.filter(({ source, output }) => changed(output) < changed(source));
  if (stale.length === 0) return;
  spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  // The compiler leaves an output alone whose source was touched without a change.
  for (const { output } of stale) utimesSync(output, new Date(), new Date());
}

function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
