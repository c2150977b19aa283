// The Python environment of the tests' peers: .lazaret/python.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable, quietly, root, setupLogName, step } from './progress.mjs';

const FOLDER = 'deploy/local/python';
const VENV = '.lazaret/python';
/** What the environment was made from. Written last, so that an installation that was cut off is made again. */
const STAMP = join(root, VENV, 'made-from');

/** Debian's own first: a version manager's `python3` may be another one at the next run. */
export function pythonCommand() {
  const debian = '/usr/bin/python3';
  return existsSync(debian) ? debian : 'python3';
}

/** Makes the environment, or brings it up to date after its list has changed. Most runs do nothing here. */
export async function installPython() {
  const wanted = fingerprint();
  if (existsSync(join(root, VENV, 'bin/python3')) && read(STAMP) === wanted) return;
  mkdirSync(join(root, '.lazaret'), { recursive: true });
  await step('installing Python packages of the tests', async () => {
    // One at a time: a second run in this checkout waits for the first and then finds little to do.
    const lock = ['--timeout', '600', join(root, '.lazaret/python.lock')];
    const pip = [join(VENV, 'bin/python3'), '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
    const files = ['--requirement', `${FOLDER}/requirements.txt`, '--constraint', `${FOLDER}/constraints.txt`];
    await must(await makeEnvironment(lock), `${pythonCommand()} -m venv ${VENV}`);
    await must(await quietly('flock', [...lock, ...pip, ...files]), [...pip, ...files].join(' '));
  });
  writeFileSync(STAMP, wanted);
}

async function makeEnvironment(lock) {
  if (existsSync(join(root, VENV, 'bin/pip'))) return { code: 0 };
  return quietly('flock', [...lock, pythonCommand(), '-m', 'venv', '--clear', VENV]);
}

async function must({ code, tail }, command) {
  if (code === 0) return;
  throw new Unavailable(`The tests' Python packages are missing: run "${command}" (${setupLogName}).\n${tail}`);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const name of ['requirements.txt', 'constraints.txt']) hash.update(read(join(root, FOLDER, name)) ?? '');
  return hash.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
