// npm packages and the compiled services.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable, quietly, root, setupLogName, step } from './progress.mjs';

/** `npm ci`, unless node_modules already holds what the lock file asks for. */
export async function installDependencies() {
  if (isInstalled(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))) return;
  // An environment made for production would leave out the compiler and the test tools.
  const { NODE_ENV: _production, ...env } = process.env;
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [...npm.slice(1), 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { code, tail } = await step('installing npm packages', () => quietly(npm[0], args, { env }));
  if (code !== 0) throw new Unavailable(`npm could not install the packages: run "npm ci" (${setupLogName}).\n${tail}`);
}

/**
 * Compares the lock file with the list that npm keeps of what it installed. Packages for other machines are
 * optional and absent by right.
 */
export function isInstalled(wanted, present) {
  if (present === undefined) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, peer, link }]) => {
    if (path === '' || link) return true;
    const found = present.packages[path];
    return found === undefined ? Boolean(optional ?? peer) : found.version === version;
  });
}

function readLock(name) {
  const file = join(root, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Compiles to dist/, only what changed since the last time. */
export async function build() {
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
  const { code, tail } = await step('building', () => quietly(process.execPath, compiler));
  if (code !== 0) throw new Unavailable(`The source does not compile: see "npm run build".\n${tail}`, 1);
}
