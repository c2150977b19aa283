import { DriverError, type PointIsolation, type PointPermit, type PointReading, type PortReading } from '#driver';
import { isSame } from './canonical.js';
import { interfaceOf, othersBehind } from '../read/location.js';
import type { PlanningPoint } from '../read/point.js';
import type { Permit } from '../wanted/wanted.js';
import { MODES_BY_INTERRUPTION, honest, interruptionOf, refusal, type ModeQuestion } from './modes.js';
import { nextHop } from './next-hop.js';
import type { Applied, Plan, PlanInput, PlannedInterface, RefusedMode } from './plan.js';
import { REFUSED } from './reasons.js';

type Outcome =
  | { ok: true; planned: PlannedInterface; kept: Plan['kept']; cut: string[]; refused: RefusedMode[] }
  | { ok: false; mac: string; reason: string; refused: RefusedMode[] };

/** Where an interface is, and what is there now. */
interface Site {
  mac: string;
  address: string;
  addressing: ModeQuestion['addressing'];
  number: number;
  point: PlanningPoint;
  reading: PointReading;
  port: PortReading;
  homeVlan: number;
  applied: Applied | undefined;
}

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
    else if (planMode === 'vlan-routed') refused.push({ mac, planMode, reason: REFUSED.pointCannot });
    else {
      const outcome = build(input, site, permits, planMode);
      if (typeof outcome === 'string') refused.push({ mac, planMode, reason: outcome });
      else chosen = { ...outcome, refused };
    }
  }
  return chosen ?? { ok: false, mac, reason: refused.map((one) => one.reason).join(', '), refused };
}

/** Finds the port; while discovery knows none, the interface stays where we isolated it. Text: why it can't be found. */
function locate({ location, points, readings, numbers, applied, wanted }: PlanInput, mac: string): Site | string {
  const known = interfaceOf(location, mac);
  const before = applied.get(mac);
  const pointId = known?.pointId ?? before?.pointId;
  const portName = known?.pointId ? known.port : before?.isolation.port;
  if (!pointId || !portName) return REFUSED.noAttachment;
  const point = points.get(pointId);
  if (!point) return REFUSED.unknownPoint;
  const reading = readings.get(pointId);
  if (!reading || reading instanceof Error) return REFUSED.unreachable;
  const port = reading.ports.find((one) => one.port === portName);
  if (!port) return REFUSED.unknownPort;
  const number = numbers.get(mac);
  if (number === undefined) return REFUSED.noNumber;
  const homeVlan = homeOf(port, number);
  if (typeof homeVlan === 'string') return homeVlan;
  const address = known?.address ?? before?.isolation.address ?? onlyAddress(wanted.permits);
  if (!address) return REFUSED.addressUnknown;
  const addressing = known?.addressing ?? 'unknown';
  return { mac, address, addressing, number, point, reading, port, homeVlan, applied: before };
}

/** The VLAN that the port has without us. */
function homeOf(port: PortReading, number: number): number | string {
  if (port.trunk) return REFUSED.notAnAccessPort;
  if (port.mark) return port.mark.deviceNumber === number ? port.mark.prior.vlan : REFUSED.portInUse;
  return port.vlan ?? REFUSED.notAnAccessPort;
}

function onlyAddress(permits: readonly Permit[]): string | undefined {
  const addresses = new Set(permits.map((permit) => permit.deviceAddress));
  return addresses.size === 1 ? [...addresses][0] : undefined;
}

function ask({ wanted, neighbours }: PlanInput, site: Site, permits: readonly Permit[]): ModeQuestion {
  const ours =
    site.port.mark?.deviceNumber === site.number ||
    (site.applied?.pointId === site.point.facts.id && site.applied.isolation.port === site.port.port);
  return {
    wanted,
    profile: honest(site.point.driver.profile),
    permits,
    addressing: site.addressing,
    quarantineVlan: site.point.facts.quarantineVlan,
    homeVlan: site.homeVlan,
    // What is isolated stays isolated, whatever is heard behind its port since.
    shared: !ours && othersBehind(site.port, site.mac, site.point.facts.id, neighbours).length > 0,
  };
}

function build(
  input: PlanInput,
  site: Site,
  permits: readonly Permit[],
  mode: PointIsolation['mode'],
): Omit<Extract<Outcome, { ok: true }>, 'refused'> | string {
  const { facts, driver } = site.point;
  const hops = permits.map((permit) => ({ permit, hop: nextHop(permit, site.homeVlan, facts, input.neighbours) }));
  const open = hops.flatMap(({ permit, hop }) => (hop ? [{ permit, point: pointPermit(permit, hop) }] : []));
  const isolation = steady(site, {
    deviceNumber: site.number,
    quarantineId: input.wanted.quarantineId,
    generation: input.wanted.generation,
    mac: site.mac,
    address: site.address,
    port: site.port.port,
    mode,
    quarantineVlan: mode === 'vlan-bridged' ? facts.quarantineVlan : null,
    homeVlan: site.homeVlan,
    alone: site.port.mark !== null || othersBehind(site.port, site.mac, facts.id, input.neighbours).length === 0,
    permits: open.map((one) => one.point),
  });
  const entries = compile(site.point, isolation);
  if (typeof entries === 'string') return entries;
  const profile = honest(driver.profile);
  return {
    ok: true,
    planned: {
      mac: site.mac,
      pointId: facts.id,
      port: isolation.port,
      mode,
      isolation,
      entries,
      entriesMax: driver.profile.entries,
      interruptionMs: interruptionOf(profile),
      undo: driver.undo(isolation),
    },
    kept: open.map(({ permit }) => ({ permit, openerEnforced: profile.stateful || permit.transport === 'tcp' })),
    cut: hops.filter(({ hop }) => hop === null).map(({ permit }) => permit.flowId),
  };
}

function pointPermit(permit: Permit, hop: PointPermit['nextHop']): PointPermit {
  const { flowId, peerAddress, transport, port, opener } = permit;
  return { flowId, peerAddress, transport, port, opener, nextHop: hop };
}

/** A newer generation that asks for the same changes nothing at the point: the applied one stays. */
function steady({ applied, point }: Site, isolation: PointIsolation): PointIsolation {
  if (!applied || applied.pointId !== point.facts.id || applied.isolation.quarantineId !== isolation.quarantineId) {
    return isolation;
  }
  const same = { ...isolation, generation: applied.isolation.generation, alone: applied.isolation.alone };
  return isSame(same, applied.isolation) ? applied.isolation : isolation;
}

/** The compiled entries, or the refusal with the count that is over the point's budget. */
function compile({ driver }: PlanningPoint, isolation: PointIsolation): string[] | string {
  try {
    const { entries } = driver.compile(isolation);
    const max = driver.profile.entries;
    return entries.length > max ? `${REFUSED.tooManyEntries}: ${entries.length} of ${max}` : entries;
  } catch (error) {
    if (error instanceof DriverError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function refuseAll(mac: string, reason: string): Outcome {
  const refused = MODES_BY_INTERRUPTION.map((planMode) => ({ mac, planMode, reason }));
  return { ok: false, mac, reason, refused };
}
