import type { PointReading, PortReading } from '#driver';
import { interfaceOf } from '../read/location.js';
import type { PlanningPoint } from '../read/point.js';
import type { Permit } from '../wanted/wanted.js';
import type { ModeQuestion } from './modes.js';
import type { Applied, PlanInput } from './planned.js';
import { REFUSED } from './reasons.js';
import { servingPoint } from './serving.js';
import { freshOf } from './shown.js';

/** Where an interface is, who can isolate it there, and what is there now. */
export interface Site {
  mac: string;
  address: string;
  addressing: ModeQuestion['addressing'];
  number: number;
  switch: string;
  point: PlanningPoint;
  /** Who holds what is assigned to the MAC; null: the point itself. */
  policy: PlanningPoint | null;
  port: PortReading;
  homeVlan: number;
  applied: Applied | undefined;
}

/** Finds the port; while discovery knows none, the interface stays where we isolated it. Text: why it can't be found. */
export function locate(input: PlanInput, mac: string): Site | string {
  const { location, points, readings, numbers, applied, wanted } = input;
  const known = interfaceOf(location, mac);
  const before = applied.get(mac);
  const switchId = known?.pointId ?? before?.isolation.switch;
  const portName = known?.pointId ? known.port : before?.isolation.port;
  if (!switchId || !portName) return REFUSED.noAttachment;
  const serving = servingPoint(points, switchId);
  if (!serving) return REFUSED.unknownPoint;
  const { point, policy } = serving;
  const reading = freshOf(readings, point.facts.id);
  const policies = policy ? freshOf(readings, policy.facts.id) : undefined;
  if (!reading || (policy && !policies)) return REFUSED.unreachable;
  if (policies?.policies.some((one) => one.mac === mac && !one.ours)) return REFUSED.policyOfOthers;
  const number = numbers.get(mac);
  if (number === undefined) return REFUSED.noNumber;
  const there = before?.isolation.switch === switchId && before.isolation.port === portName ? before : undefined;
  const home = point.profile.state === 'port' ? atPort : atSession;
  const found = home({ reading, portName, number, there, vlan: known?.vlan ?? null, point });
  if (typeof found === 'string') return found;
  const address = known?.address ?? before?.isolation.address ?? onlyAddress(wanted.permits);
  if (!address) return REFUSED.addressUnknown;
  const addressing = known?.addressing ?? 'unknown';
  return { mac, address, addressing, number, switch: switchId, point, policy, applied: before, ...found };
}

interface Place {
  reading: PointReading;
  portName: string;
  number: number;
  /** What we have applied at this very port. */
  there: Applied | undefined;
  /** The VLAN as discovery knows it. */
  vlan: number | null;
  point: PlanningPoint;
}

type Found = Pick<Site, 'port' | 'homeVlan'> | string;

/** The port as the point tells it, and the VLAN that it has without us. */
function atPort({ reading, portName, number, there, point }: Place): Found {
  const port = reading.ports.find((one) => one.port === portName);
  if (!port) return REFUSED.unknownPort;
  if (port.trunk) return REFUSED.notAnAccessPort;
  if (port.mark)
    return port.mark.deviceNumber === number ? { port, homeVlan: port.mark.prior.vlan } : REFUSED.portInUse;
  // A point without marks tells nothing of what was there before us: what we have written down does.
  const homeVlan = !point.profile.marks && there ? there.isolation.homeVlan : port.vlan;
  return homeVlan === null ? REFUSED.notAnAccessPort : { port, homeVlan };
}

/** A point that keeps sessions may tell nothing of ports; discovery's word for the VLAN is from before us, or ours. */
function atSession({ reading, portName, there, vlan, point }: Place): Found {
  const port = reading.ports.find((one) => one.port === portName);
  if (port?.trunk) return REFUSED.notAnAccessPort;
  const told = vlan === point.facts.quarantineVlan ? null : vlan;
  const homeVlan = there?.isolation.homeVlan ?? told;
  if (homeVlan === null) return REFUSED.homeVlanUnknown;
  const untold = { port: portName, vlan, linkUp: true, trunk: false, mark: null, macs: null };
  return { port: port ?? untold, homeVlan };
}

function onlyAddress(permits: readonly Permit[]): string | undefined {
  const addresses = new Set(permits.map((permit) => permit.deviceAddress));
  return addresses.size === 1 ? [...addresses][0] : undefined;
}
