import type { ClinicalWitness, Flow, Packet, WormAttempt } from '../ward/index.js';

/** What one witness says: whether it agrees, and with which figures. */
export interface Verdict {
  witness: string;
  ok: boolean;
  said: string;
}

/** A host that must not be reached by the quarantined device, or only by the permitted kinds of packet. */
export interface Watcher {
  place: string;
  /** What was captured there from the device, all kinds. */
  packets: Packet[];
}

export interface Containment {
  mac: string;
  address: string;
  /** When the port's move was acknowledged, milliseconds since 1970. */
  movedAt: number;
  /** The worm's last attempt is after this. */
  until: number;
  gatewayAddress: string;
  /** Peers with the ports that a permit opens, as `address transport/port`. */
  permitted: ReadonlySet<string>;
}

/** What was queued in the sender's shaper before the move may still arrive within this time. */
const SETTLED_MS = 50;

/** What a worm of each profile must at least have tried after the move, so that its silence is no proof. */
const BUSY = {
  conficker: { perSecond: 5, kinds: ['neighbour', 'random', 'name', 'arp', 'ipv6'] },
  slow: { perSecond: 1, kinds: ['neighbour', 'random', 'name'] },
} as const;
export type WormName = keyof typeof BUSY;

/** The worm went on trying after the move: a run in which it was idle proves nothing. */
export function wormWasBusy(attempts: WormAttempt[], { movedAt, until }: Containment, worm: WormName): Verdict {
  const after = attempts.filter(({ at }) => at > movedAt + SETTLED_MS && at <= until);
  const kinds = new Set<string>(after.map(({ kind }) => kind));
  const seconds = (until - movedAt) / 1000;
  const { perSecond, kinds: expected } = BUSY[worm];
  const ok = after.length > perSecond * seconds && expected.every((kind) => kinds.has(kind));
  const said = `tried ${after.length} times in ${seconds.toFixed(0)} s after the move: ${[...kinds].join(', ')}`;
  return { witness: "the worm's own log", ok, said };
}

/** Our deny lines counted frames, and the worm sent no fewer than they say it did. */
export function denialsCounted(denyFlows: Flow[]): Verdict {
  const packets = denyFlows.reduce((sum, flow) => sum + flow.packets, 0);
  return {
    witness: "the switch's deny counters",
    ok: packets > 0,
    said: `${packets} frames denied by ${denyFlows.length} lines`,
  };
}

/** Whether a packet from the device is one that a permit lets through. */
export function isPermitted(packet: Packet, { permitted, address, gatewayAddress }: Containment): boolean {
  if (packet.protocol === 'arp') return packet.source === address && packet.destination === gatewayAddress;
  const opened = `${packet.destination} ${packet.protocol}/${packet.destinationPort}`;
  const answered = `${packet.destination} ${packet.protocol}/peer/${packet.sourcePort}`;
  return packet.source === address && (permitted.has(opened) || permitted.has(answered));
}

/** Nothing from the device but permitted packets arrived anywhere, of IPv4, IPv6 and ARP. */
export function nothingArrived(watchers: Watcher[], containment: Containment): Verdict {
  const { mac, address, movedAt } = containment;
  const forbidden = watchers.flatMap(({ place, packets }) =>
    packets
      .filter((p) => p.time > movedAt + SETTLED_MS && (p.sourceMac === mac || p.source === address))
      .filter((p) => !isPermitted(p, containment))
      .map(
        (p) =>
          `${place}: ${p.protocol} to ${p.destination ?? p.destinationMac}${p.destinationPort ? `:${p.destinationPort}` : ''} at +${(p.time - movedAt).toFixed(0)} ms`,
      ),
  );
  const before = watchers
    .flatMap(({ packets }) => packets)
    .filter((p) => p.time <= movedAt && !isPermitted(p, containment));
  const where = `${watchers.length} places (${watchers.map(({ place }) => place).join(', ')})`;
  return {
    witness: 'captures at every other host and at the uplink',
    ok: forbidden.length === 0 && before.length > 0,
    said: `${forbidden.length} arrived at ${where}, ${before.length} before the move${forbidden.length ? `; ${forbidden.slice(0, 5).join('; ')}` : ''}`,
  };
}

/** Studies sent equal studies stored, with equal digests; every store and worklist query ended well. */
export function imagesFlowed(witness: ClinicalWitness, studiesAfterMove: number): Verdict[] {
  const { studies, sentInstances, equal, missing, different, failedStudies, failedQueries, worklistQueries } = witness;
  const stored =
    failedStudies.length === 0 && missing.length === 0 && different.length === 0 && equal === sentInstances;
  return [
    {
      witness: "the archive's files",
      ok: stored && equal > 0 && studiesAfterMove > 0,
      said: `${studies} studies, ${sentInstances} images sent, ${equal} stored with equal digests; ${studiesAfterMove} studies sent through or after the move`,
    },
    {
      witness: 'exit codes of storescu and findscu',
      ok: failedStudies.length === 0 && failedQueries.length === 0 && worklistQueries > 0,
      said: `${studies} and ${worklistQueries}, ${failedStudies.length + failedQueries.length} not 0`,
    },
    {
      witness: 'storage commitment by call-back',
      ok: witness.commitmentsReported > 0 && witness.failedCommitments.length === 0,
      said: `${witness.commitmentsReported} of ${witness.commitmentsRequested} reported${witness.failedCommitments.length ? `; ${witness.failedCommitments[0]?.reason}` : ''}`,
    },
  ];
}

/** No connection between the device and its clinical peers was reset. */
export function noResets(packets: Packet[], device: string, peers: ReadonlySet<string>): Verdict {
  const between = (p: Packet): boolean =>
    (p.source === device && peers.has(p.destination ?? '')) || (p.destination === device && peers.has(p.source ?? ''));
  const resets = packets.filter((p) => p.flags?.includes('R') && between(p));
  return {
    witness: 'no RST between the MRI and its peers',
    ok: resets.length === 0,
    said: `${resets.length} of ${packets.filter(between).length} packets`,
  };
}

export function verdictText({ witness, ok, said }: Verdict): string {
  return `  ${ok ? 'ok    ' : 'FAILED'} ${witness}: ${said}`;
}
