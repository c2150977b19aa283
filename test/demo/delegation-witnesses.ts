import type { SwitchTables } from '../stage/switch-tables.client.js';
import {
  VLANS,
  type ClinicalWitness,
  type Dot1xSession,
  type Flow,
  type Packet,
  type ServerAnswer,
} from '../ward/index.js';
import type { Verdict } from './witnesses.js';

/** What the switch shows of a quarantine that others have applied. */
export interface AtSwitch {
  port: { tag: number | null };
  sessionFlows: Flow[];
  /** Flows with Lazaret's cookie: there must be none, since it has no way to the switch's tables. */
  lazaretFlows: Flow[];
  session: Dot1xSession | undefined;
}

/** The switch itself: another session than before, in the quarantine VLAN, with the permits that came with it. */
export function switchFollowed({ port, sessionFlows, lazaretFlows, session }: AtSwitch, before: Dot1xSession): Verdict {
  const permits = sessionFlows.filter(({ actions }) => actions.includes('obs_point_id=8')).length;
  const isNew = session !== undefined && session.sessionId !== before.sessionId;
  return {
    witness: "the switch's table",
    ok: isNew && port.tag === VLANS.quarantine && permits > 0 && lazaretFlows.length === 0,
    said: `session ${session?.sessionId ?? 'none'}, VLAN ${port.tag}, ${permits} permit lines; ${lazaretFlows.length} written by Lazaret`,
  };
}

/** A second RADIUS client asks what the MRI gets. */
export function serverIsolates({ code, attributes }: ServerAnswer, vlan: number): Verdict {
  const vlans = attributes.filter((one) => one.startsWith('Tunnel-Private-Group-Id'));
  const filter = attributes.filter((one) => one.startsWith('NAS-Filter-Rule'));
  return {
    witness: 'a second RADIUS client',
    ok:
      code === 'Access-Accept' &&
      vlans.length === 1 &&
      vlans.every((one) => one.endsWith(`"${vlan}"`)) &&
      filter.length > 0,
    said: `${code}, ${vlans.join(', ')}, ${filter.length} attributes of filter`,
  };
}

export interface Gap {
  /** What the plan said before anybody approved it. */
  announcedMs: number;
  /** When the switch took the port away, and when it gave it back. */
  parkedAt: number;
  authorizedAt: number;
}

/** The clock of a connection: after a gap its next try may be as far away as the gap was long. */
const TCP_BACK_OFF = 2;
const SLACK_MS = 1500;

/** The device was cut off no longer than announced, and its images went on as soon as TCP tried again. */
export function gapWasAnnounced(images: Packet[], { announcedMs, parkedAt, authorizedAt }: Gap): Verdict {
  const before = images.filter(({ time }) => time <= parkedAt + 100).at(-1)?.time;
  const after = images.find(({ time }) => time > parkedAt + 100)?.time;
  const cutOff = authorizedAt - parkedAt;
  const pause = (after ?? Number.NaN) - (before ?? Number.NaN);
  return {
    witness: 'image packets at the archive',
    ok: cutOff <= announcedMs + SLACK_MS && pause <= TCP_BACK_OFF * cutOff + SLACK_MS,
    said: `announced ${seconds(announcedMs)}, cut off for ${seconds(cutOff)}, images paused for ${seconds(pause)}`,
  };
}

/** A look-up at the worklist fails while the device is cut off: that was announced. None may fail otherwise. */
export function outsideGap(witness: ClinicalWitness, { parkedAt, authorizedAt }: Gap): ClinicalWitness {
  const failedQueries = witness.failedQueries.filter(({ at }) => at < parkedAt - 5000 || at > authorizedAt + 1000);
  return { ...witness, failedQueries };
}

/** After a release the switch and the RADIUS server are as they were before the infection. */
export function everythingIsBack(
  before: { tables: SwitchTables; answer: ServerAnswer },
  now: { tables: SwitchTables; answer: ServerAnswer },
): Verdict {
  const same = JSON.stringify(before) === JSON.stringify(now);
  return {
    witness: "the switch's tables and the RADIUS server's answer",
    ok: same,
    said: same ? 'exactly as before the infection' : `not as before: ${difference(before, now)}`,
  };
}

export function reachesAll({
  session,
  pings,
  echo,
}: {
  session: Dot1xSession | undefined;
  pings: number;
  echo: number;
}): Verdict {
  return {
    witness: 'the MRI itself, released',
    ok: session?.vlan === VLANS.imaging && pings === 6 && echo === 0,
    said: `VLAN ${session?.vlan ?? 'none'}, ${pings} of 6 pings answered, C-ECHO ended with ${echo}`,
  };
}

function difference(before: object, now: object): string {
  const [a, b] = [before, now].map((one) => JSON.stringify(one, undefined, 1).split('\n'));
  return (
    (b ?? [])
      .filter((line) => !(a ?? []).includes(line))
      .slice(0, 5)
      .join(' ') || 'something is missing'
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
