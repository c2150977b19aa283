import { CommandError, EXIT } from '../exit-codes.js';
import type { RestClient } from '../rest.client.js';
import { oneByName } from '../session.js';

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

/** The device with this id, asset or name. */
export async function findDevice(rest: RestClient, which: string): Promise<Device> {
  let cursor: string | null = null;
  do {
    const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const page: Listed<Device> = await rest.call<Listed<Device>>(`/v1/devices?limit=500${query}`);
    const device = oneByName(page.items, which);
    if (device) return device;
    cursor = page.next;
  } while (cursor);
  throw new CommandError(EXIT.refused, `No device is called ${which}. "lazaret list --devices" shows all.`);
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
