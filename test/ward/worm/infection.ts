import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLines } from '../dicom/journal.js';
import type { Enclosure } from '../enclosure/enclosure.js';
import { HOSTS, gatewayOf, linkLocalOf, type HostOnSwitch, type Vlan } from '../network.js';
import { programCommand } from '../programs.js';
import type { WormAttempt, WormPlan, WormProfile, WormRecord } from './profile.js';

export interface Infection {
  /** The worm's own log of what it tried, oldest first. */
  attempts(): Promise<WormAttempt[]>;
  /** Attempts and their outcomes. */
  records(): Promise<WormRecord[]>;
  stop(): Promise<WormAttempt[]>;
}

export interface Victim {
  host: 'mri' | 'mri2' | 'ct' | 'ws' | 'clone';
  address: string;
  vlan: Vlan;
}

/** Starts the worm on a host; resolves after its first attempt. `journal` names its files, without an end. */
export async function infect(
  enclosure: Enclosure,
  victim: Victim,
  profile: WormProfile,
  names: string[],
  journal: string,
  seed: number,
): Promise<Infection> {
  const plan: WormPlan = {
    profile,
    names,
    address: victim.address,
    resolver: HOSTS.dns.address,
    neighbours: neighboursOf(victim),
    seed,
    journal: `${journal}.jsonl`,
  };
  await writeFile(`${journal}.plan.json`, JSON.stringify(plan));
  const child = enclosure.start(victim.host, programCommand('worm/worm.command.js', `${journal}.plan.json`), 'pipe');
  let complaint = '';
  child.stderr?.on('data', (data: Buffer) => (complaint = (complaint + data.toString()).slice(-2000)));
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const records = async (): Promise<WormRecord[]> =>
    existsSync(plan.journal) ? parseLines<WormRecord>(await readFile(plan.journal, 'utf8')) : [];
  const attempts = async (): Promise<WormAttempt[]> => (await records()).filter((record) => record.kind !== 'outcome');
  for (let i = 0; !existsSync(plan.journal); i += 1) {
    if (child.exitCode !== null || i > 500) throw new Error(`the worm did not start: ${complaint.trim()}`);
    await sleep(10);
  }
  return {
    attempts,
    records,
    stop: async () => {
      child.stdin?.end();
      const killer = setTimeout(() => enclosure.end(child, 'SIGKILL'), 2000);
      await ended;
      clearTimeout(killer);
      return attempts();
    },
  };
}

export function journalOf(dir: string, host: string, number: number): string {
  return join(dir, `${host}-${number}`);
}

function neighboursOf(victim: Victim): WormPlan['neighbours'] {
  const hosts: HostOnSwitch[] = Object.values(HOSTS);
  const inVlan = hosts.filter((host) => host.vlan === victim.vlan && host.address && host.address !== victim.address);
  const gateway = gatewayOf(victim.vlan);
  return [
    { address: gateway.address, mac: gateway.mac },
    ...inVlan.map(({ address = '', mac, ipv6 }) => ({
      address,
      mac,
      ...(ipv6 ? { linkLocal: linkLocalOf(mac) } : {}),
    })),
  ];
}
