import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BRIDGE, type Flow, type Ward } from '../ward/index.js';

const run = promisify(execFile);

/** Whose flows carry which cookie: the upper 16 bits are Lazaret's "LZ". */
export const OURS = { cookie: 0x4c5a000000000000n, mask: 0xffff000000000000n } as const;

/** The switch as its own tools print it, without counters: equal texts mean that nothing at all has changed. */
export interface SwitchTables {
  /** All columns of each port's row, by the port's name. */
  ports: Record<string, string>;
  /** All flows, sorted. */
  flows: string[];
}

export async function switchTables({ layout }: Ward): Promise<SwitchTables> {
  const database = `--db=unix:${layout.ovsdbSocket}`;
  const [ports, flows] = await Promise.all([
    run('ovs-vsctl', ['--timeout=10', database, '--format=json', 'list', 'port']),
    run('ovs-ofctl', ['-O', 'OpenFlow14', '--no-names', '--no-stats', 'dump-flows', `unix:${layout.bridgeSocket}`]),
  ]);
  return { ports: rowsByName(ports.stdout), flows: flows.stdout.split('\n').filter(isFlow).sort() };
}

/** Lazaret's flows; none are left when everything was released. */
export function ourFlows(ward: Ward): Promise<Flow[]> {
  return ward.switch.flowsOf(OURS.cookie, OURS.mask);
}

function rowsByName(json: string): Record<string, string> {
  const { headings, data } = JSON.parse(json) as { headings: string[]; data: unknown[][] };
  const name = headings.indexOf('name');
  return Object.fromEntries(
    data.filter((row) => row[name] !== BRIDGE).map((row) => [String(row[name]), JSON.stringify(row)]),
  );
}

function isFlow(line: string): boolean {
  return line.includes('actions=');
}
