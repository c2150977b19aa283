import { DriverError } from '#driver';
import type { CompiledEntries, DriverProfile, PointIsolation, PointPermit } from '#driver';
import { isSame } from './canonical.js';
import { othersBehind } from '../read/location.js';
import type { PlanningPoint } from '../read/point.js';
import type { Permit } from '../wanted/wanted.js';
import { locate, type Site } from './locate.js';
import { MODES_BY_INTERRUPTION, honest, interruptionOf, refusal, type ModeQuestion } from './modes.js';
import { nextHop } from './next-hop.js';
import type { Plan, PlanInput, PlannedInterface, RefusedMode } from './planned.js';
import { REFUSED } from './reasons.js';

type Outcome =
  | { ok: true; planned: PlannedInterface; kept: Plan['kept']; cut: string[]; refused: RefusedMode[] }
  | { ok: false; mac: string; reason: string; refused: RefusedMode[] };

/** Plans one interface: the first mode that fits, and why each other one does not. */
export function planInterface(input: PlanInput, mac: string): Outcome {
  const site = locate(input, mac);
  if (typeof site === 'string') return refuseAll(mac, site);
  const permits = input.wanted.permits.filter((permit) => permit.deviceAddress === site.address);
  const question = ask(input, site, permits);
  const refused: RefusedMode[] = [];
  let chosen: Extract<Outcome, { ok: true }> | undefined;
  for (const planMode of MODES_BY_INTERRUPTION) {
    const reason = refusal(planMode, question);
    if (reason !== null) refused.push({ mac, planMode, reason });
    else if (chosen) refused.push({ mac, planMode, reason: REFUSED.interruptsMore });
    else {
      const outcome = build(input, site, permits, planMode);
      if (typeof outcome === 'string') refused.push({ mac, planMode, reason: outcome });
      else chosen = { ...outcome, refused };
    }
  }
  return chosen ?? { ok: false, mac, reason: refused.map((one) => one.reason).join(', '), refused };
}

function ask({ wanted, neighbours }: PlanInput, site: Site, permits: readonly Permit[]): ModeQuestion {
  const { point, port, applied } = site;
  const ours =
    port.mark?.deviceNumber === site.number ||
    (applied?.pointId === point.facts.id &&
      applied.isolation.switch === site.switch &&
      applied.isolation.port === port.port);
  return {
    wanted,
    profile: honest(point.profile),
    permits,
    addressing: site.addressing,
    quarantineVlan: point.facts.quarantineVlan,
    homeVlan: site.homeVlan,
    // What is isolated stays isolated, whatever is heard behind its port since.
    shared: !ours && othersBehind(port, site.mac, site.switch, neighbours).length > 0,
  };
}

function build(
  input: PlanInput,
  site: Site,
  permits: readonly Permit[],
  mode: PointIsolation['mode'],
): Omit<Extract<Outcome, { ok: true }>, 'refused'> | string {
  const { point, policy } = site;
  const hops = permits.map((permit) => ({
    permit,
    hop: nextHop(permit, site.homeVlan, point.facts, input.neighbours),
  }));
  const ways = hops.flatMap(({ permit, hop }) =>
    hop === 'unknown' ? [] : [{ permit, point: pointPermit(permit, hop) }],
  );
  const isolation = isolationOf(
    input,
    site,
    mode,
    ways.map((one) => one.point),
  );
  const compiled = compile(policy ?? point, isolation);
  if (typeof compiled === 'string') return compiled;
  const profile = honest(point.profile);
  const open = ways.map(({ permit }) => permit).filter(({ flowId }) => !compiled.cut.includes(flowId));
  return {
    ok: true,
    planned: {
      mac: site.mac,
      pointId: point.facts.id,
      policyPointId: policy?.facts.id ?? null,
      port: isolation.port,
      mode,
      isolation,
      profile: point.profile,
      entries: compiled.entries,
      policy: compiled.policy,
      entriesMax: (policy ?? point).profile.entries,
      interruptionMs: interruptionOf(profile),
      undo: [...(policy && policy !== point ? policy.driver.undo(isolation) : []), ...point.driver.undo(isolation)],
    },
    kept: open.map((permit) => ({ permit, openerEnforced: enforcesOpener(profile, permit) })),
    cut: permits.map(({ flowId }) => flowId).filter((id) => !open.some(({ flowId }) => flowId === id)),
  };
}

function isolationOf(
  { wanted, neighbours }: PlanInput,
  site: Site,
  mode: PointIsolation['mode'],
  permits: PointPermit[],
): PointIsolation {
  const { port } = site;
  return steady(site, {
    deviceNumber: site.number,
    quarantineId: wanted.quarantineId,
    generation: wanted.generation,
    mac: site.mac,
    address: site.address,
    switch: site.switch,
    port: port.port,
    mode,
    quarantineVlan: mode === 'filter' ? null : site.point.facts.quarantineVlan,
    homeVlan: site.homeVlan,
    alone: port.mark !== null || othersBehind(port, site.mac, site.switch, neighbours).length === 0,
    permits,
  });
}

function pointPermit(permit: Permit, hop: PointPermit['nextHop']): PointPermit {
  const { flowId, peerAddress, transport, port, opener } = permit;
  return { flowId, peerAddress, transport, port, opener, nextHop: hop };
}

/** Who opens a connection shows in its first packet, and only to a point that looks both ways. UDP has none. */
function enforcesOpener({ stateful, direction }: DriverProfile, { transport }: Permit): boolean {
  return stateful || (transport === 'tcp' && direction === 'both');
}

/** A newer generation that asks for the same changes nothing at the point: the applied one stays. */
function steady({ applied, point }: Site, isolation: PointIsolation): PointIsolation {
  if (!applied || applied.pointId !== point.facts.id || applied.isolation.quarantineId !== isolation.quarantineId) {
    return isolation;
  }
  const same = { ...isolation, generation: applied.isolation.generation, alone: applied.isolation.alone };
  return isSame(same, applied.isolation) ? applied.isolation : isolation;
}

/** The isolation in the point's words, or the refusal with the count that is over the point's budget. */
function compile({ driver, profile }: PlanningPoint, isolation: PointIsolation): CompiledEntries | string {
  try {
    const compiled = driver.compile(isolation);
    const count = compiled.entries.length;
    return count > profile.entries ? `${REFUSED.tooManyEntries}: ${count} of ${profile.entries}` : compiled;
  } catch (error) {
    if (error instanceof DriverError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function refuseAll(mac: string, reason: string): Outcome {
  const refused = MODES_BY_INTERRUPTION.map((planMode) => ({ mac, planMode, reason }));
  return { ok: false, mac, reason, refused };
}
