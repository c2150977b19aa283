// Debian packages, without the services that they would start.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { quietly } from './progress.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const SAVED = `${POLICY}.before-lazaret`;
const MARK = '# Lazaret: no package starts a service while its ward is being installed.';

// Another apt may be running: wait for its lock. Never ask.
const APT = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
const QUIET = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };

/** Installs packages. Returns undefined, or the last lines of what failed. */
export async function installPackages(packages) {
  await quietly('apt-get', [...APT, 'update'], QUIET);
  forbidServices();
  try {
    const { code, tail } = await quietly('apt-get', [...APT, 'install', '--no-install-recommends', ...packages], QUIET);
    return code === 0 ? undefined : tail;
  } finally {
    allowServices();
  }
}

/** The ward runs its own Open vSwitch in its own folders; the system's must not start beside it. */
function forbidServices() {
  allowServices();
  if (existsSync(POLICY)) renameSync(POLICY, SAVED);
  writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
}

/** Also repairs what a run left that was killed in between. */
function allowServices() {
  if (existsSync(POLICY) && readFileSync(POLICY, 'utf8').includes(MARK)) rmSync(POLICY);
  if (existsSync(SAVED) && !existsSync(POLICY)) renameSync(SAVED, POLICY);
}
