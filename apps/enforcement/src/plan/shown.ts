import type { PointReading, PolicyReading, PortReading, SessionReading } from '#driver';
import type { Readings } from '../read/point.js';
import type { PlannedInterface } from './planned.js';

/** Cookies hold the generation modulo this; the port's mark holds the whole one. */
const COOKIE_GENERATIONS = 65_536;

/** What fresh readings show of a planned interface. */
export interface Shown {
  reading: PointReading;
  /** The point's reading of the port; undefined where it tells of none. */
  port: PortReading | undefined;
  /** The permits are in force, or assigned: exactly those that are planned. */
  permitsIn: boolean;
  /** The port, or every live session, is where the plan wants it. Without a live session it is not. */
  placed: boolean;
  vlan: number | null;
  sessions: SessionReading[];
  /** Those of them that do not carry what is planned. */
  behind: SessionReading[];
  /** Somebody else has assigned something to the MAC. */
  foreignPolicy: boolean;
}

/** Null: a point that tells of it could not be read. */
export function shown(planned: PlannedInterface, readings: Readings): Shown | null {
  const reading = freshOf(readings, planned.pointId);
  const policy = planned.policyPointId === null ? undefined : freshOf(readings, planned.policyPointId);
  if (!reading || (planned.policyPointId !== null && !policy)) return null;
  const port = reading.ports.find((one) => one.port === planned.port);
  if (planned.profile.state === 'port') {
    const [permitsIn, placed] = [entriesMatch(reading, planned), portMatches(port, planned)];
    return {
      reading,
      port,
      permitsIn,
      placed,
      vlan: port?.vlan ?? null,
      sessions: [],
      behind: [],
      foreignPolicy: false,
    };
  }
  const assigned = policy?.policies.filter((one) => one.mac === planned.mac) ?? [];
  const sessions = sessionsOf(planned, [reading, ...(policy ? [policy] : [])]);
  const behind = sessions.filter((one) => !carries(one, planned));
  const carried = sessions.length > 0 && behind.length === 0;
  return {
    reading,
    port,
    permitsIn: policy ? assigned.some((one) => policyMatches(one, planned)) : carried,
    placed: carried,
    vlan: sessions[0]?.vlan ?? null,
    sessions,
    behind,
    foreignPolicy: assigned.some((one) => !one.ours),
  };
}

export function freshOf(readings: Readings, pointId: string): PointReading | undefined {
  const reading = readings.get(pointId);
  return reading instanceof Error ? undefined : reading;
}

/** Whether the point holds exactly the entries that the plan wants for this interface. */
function entriesMatch(reading: PointReading, { isolation, entries }: PlannedInterface): boolean {
  const held = reading.entries.filter((one) => one.deviceNumber === isolation.deviceNumber);
  if (held.length !== new Set(entries).size) return false;
  const generation = isolation.generation % COOKIE_GENERATIONS;
  const wanted = new Set(entries);
  return held.every((one) => one.generation === generation && wanted.has(one.text));
}

/** Whether the port is in the VLAN that the plan wants and, where the point holds marks, carries ours of this generation. */
function portMatches(port: PortReading | undefined, { isolation, profile }: PlannedInterface): boolean {
  if (isolation.mode === 'filter') return port !== undefined && port.mark?.deviceNumber !== isolation.deviceNumber;
  if (!port || port.vlan !== isolation.quarantineVlan) return false;
  if (!profile.marks) return true;
  return (
    port.mark !== null &&
    port.mark.deviceNumber === isolation.deviceNumber &&
    port.mark.generation === isolation.generation &&
    port.mark.quarantineId === isolation.quarantineId
  );
}

/** Whether what is assigned is ours, exactly this, and of this generation where the source holds marks. */
function policyMatches({ ours, mark, entries }: PolicyReading, planned: PlannedInterface): boolean {
  const { quarantineId, generation } = planned.isolation;
  if (!ours || (mark && (mark.quarantineId !== quarantineId || mark.generation !== generation))) return false;
  const wanted = new Set(planned.entries);
  return new Set(entries).size === wanted.size && entries.every((one) => wanted.has(one));
}

/** The live sessions at the interface's switch: as the switch's own point tells, or else the policy's source. */
function sessionsOf({ mac, isolation }: PlannedInterface, readings: readonly PointReading[]): SessionReading[] {
  for (const { sessions } of readings) {
    const live = sessions.filter((one) => one.mac === mac && (one.switch === null || one.switch === isolation.switch));
    if (live.length > 0) return live;
  }
  return [];
}

/** Whether a session has taken what is planned, as far as its point tells. */
function carries(session: SessionReading, { isolation, policy }: PlannedInterface): boolean {
  if (session.state !== 'authorized' || session.authorizedBy === 'critical' || !session.isolated) return false;
  if (policy !== null && session.policy !== null && session.policy !== policy) return false;
  return isolation.mode === 'filter' || session.vlan === null || session.vlan === isolation.quarantineVlan;
}
