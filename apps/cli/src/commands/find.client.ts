import { CommandError, EXIT } from '../exit-codes.js';
import type { RestClient } from '../rest.client.js';

export interface Listed<T> {
  items: T[];
  next: string | null;
}
interface Assessment {
  level: string;
  sentence: string;
  inWords: string;
  parts: { counted: number; withoutIt: number; why: string }[];
}
export interface Device {
  deviceId: string;
  asset: string | null;
  name: string;
  modality: string;
  site: string;
  ward: string;
  criticality: string;
  interfaces: { mac: string; pointId: string | null; port: string | null; vlan: number | null }[];
  assessment: Assessment | null;
  contract: {
    flows: {
      service: string;
      peerAddress: string;
      port: number;
      transport: string;
      opener: string;
      required: boolean;
    }[];
  };
  openQuarantine: { quarantineId: string; decision: string; truth: string } | null;
}
export interface QuarantineSummary {
  quarantineId: string;
  name: string;
  ward: string;
  decision: string;
  truth: string;
  conditions: { condition: string; reason: string }[];
  inWords: string;
  approvalsGiven: number;
  approvalsNeeded: number;
}
export interface Quarantine extends QuarantineSummary {
  requestedBy: string;
  reason: string;
  policyVersion: string;
  planDigest: string | null;
  assessment: Assessment | null;
  plan: { planDigest: string; steps: string[] } | null;
  undo: string[];
}

/** Every page of a list. */
export async function listAll<T>(rest: RestClient, path: string): Promise<Listed<T>> {
  const items: T[] = [];
  for (let next: string | null = ''; next !== null;) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const page: Listed<T> = await rest.call<Listed<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=500${cursor}`);
    items.push(...page.items);
    next = page.next;
  }
  return { items, next: null };
}

/** The device with this id, asset or name. A name that several devices bear is refused: the wrong one is not acted on. */
export async function findDevice(rest: RestClient, which: string): Promise<Device> {
  const { items } = await listAll<Device>(rest, '/v1/devices');
  const byId = items.find(({ deviceId }) => deviceId === which);
  const called = items.filter(({ asset, name }) => asset === which || name === which);
  const [only] = called;
  if (byId ?? (only && called.length === 1)) return byId ?? (only as Device);
  if (!only) throw new CommandError(EXIT.refused, `No device is called ${which}. "lazaret list --devices" shows all.`);
  const them = called.map((d) => `\n  ${d.deviceId} ${d.name}, ${d.site}, ${d.ward}`).join('');
  throw new CommandError(EXIT.refused, `${called.length} devices are called ${which}. Give the id of one:${them}`);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** The quarantine with this id, or the open one of the device called so. */
export async function findQuarantine(rest: RestClient, which: string, must: true): Promise<Quarantine>;
export async function findQuarantine(rest: RestClient, which: string, must: boolean): Promise<Quarantine | undefined>;
export async function findQuarantine(rest: RestClient, which: string, must: boolean): Promise<Quarantine | undefined> {
  const byId = UUID.test(which)
    ? await rest.call<Quarantine>(`/v1/quarantines/${which}`).catch(unlessRefused)
    : undefined;
  if (byId) return byId;
  const { openQuarantine } = await findDevice(rest, which);
  if (openQuarantine) return rest.call<Quarantine>(`/v1/quarantines/${openQuarantine.quarantineId}`);
  if (must) throw new CommandError(EXIT.refused, `${which} has no open quarantine. "lazaret list" shows all.`);
  return undefined;
}

function unlessRefused(error: unknown): undefined {
  if (error instanceof CommandError && error.exitCode === EXIT.refused) return undefined;
  throw error;
}
