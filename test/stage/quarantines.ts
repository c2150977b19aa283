import type { Condition, Decision, QuarantineEvent, Truth } from '#events';
import { namesOfToday } from '../demo/containment.js';
import type { Infection, InfectOptions } from '../ward/index.js';
import type { Recorded } from './recorder.client.js';
import type { Stage } from './stage.js';

/** A quarantine as REST shows it, as far as tests look at it. */
export interface QuarantineView {
  quarantineId: string;
  deviceId: string;
  version: number;
  decision: Decision;
  truth: Truth;
  level: string;
  planDigest: string | null;
  policyVersion: string;
  requestedBy: string;
  rule: string;
  approvalsNeeded: number;
  approvalsGiven: number;
  refusal: string | null;
  conditions: { condition: Condition; reason: string; since: string; observer: string }[];
  plan: { possible: boolean; steps: string[]; refusedModes: { planMode: string; reason: string }[] } | null;
  interfaces: { mac: string; port: string | null; vlan: number | null; truth: Truth }[];
}

/** Infects a host with a worm that looks up the day's names. */
export function startWorm({ ward }: Stage, host: NonNullable<InfectOptions['host']>): Promise<Infection> {
  return ward.infect({ host, names: namesOfToday(new Date()) });
}

export interface Awaited {
  decision: Decision;
  truth?: Truth;
  condition?: Condition;
}

/** Waits until a second client has heard, after `since` (ms since 1970), that a device's quarantine is so. */
export async function untilQuarantine(
  { recorder }: Stage,
  deviceId: string,
  wanted: Awaited,
  { since = 0, timeoutMs = 60_000 }: { since?: number; timeoutMs?: number } = {},
): Promise<Recorded<QuarantineEvent>> {
  const matches = ({ event, receivedAt }: Recorded): boolean => {
    if (!isQuarantine(event) || receivedAt <= since || event.data.deviceId !== deviceId) return false;
    const { decision, truth, conditions } = event.data;
    return (
      decision === wanted.decision &&
      (wanted.truth === undefined || truth === wanted.truth) &&
      (wanted.condition === undefined || conditions.includes(wanted.condition))
    );
  };
  const what = `quarantine of ${deviceId} is ${Object.values(wanted).join(', ')}`;
  return (await recorder.untilAny(matches, timeoutMs, what)) as Recorded<QuarantineEvent>;
}

/** All that a second client has heard of a device's quarantines. */
export function quarantineEvents({ recorder }: Stage, deviceId: string): Recorded<QuarantineEvent>[] {
  const isOf = (one: Recorded): one is Recorded<QuarantineEvent> =>
    isQuarantine(one.event) && one.event.data.deviceId === deviceId;
  return recorder.records.filter(isOf);
}

export async function quarantineView({ rest, tokens }: Stage, quarantineId: string): Promise<QuarantineView> {
  return rest.must(rest.as(tokens.viewer).get<QuarantineView>(`/v1/quarantines/${quarantineId}`));
}

function isQuarantine(event: Recorded['event']): event is QuarantineEvent {
  return event.type.startsWith('lazaret.quarantine.');
}
