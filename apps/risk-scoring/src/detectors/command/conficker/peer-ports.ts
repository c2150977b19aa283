import type { Transport } from '#events';

/**
 * The ports on which Conficker.C listens for its peers: two of TCP and two of UDP, which follow from the machine's own
 * IPv4 address; of each pair one also follows from the week. Whoever knows an address knows its ports, so the worm needs
 * no server, and a flow to exactly such a port is a sign of it. Reference: P. Porras, H. Saidi, V. Yegneswaran,
 * "Conficker C P2P Protocol and Implementation", SRI International, 2009. The numbers are facts of the worm; the code is
 * our own, checked against ports that public scans of infected machines have printed.
 */
export interface PeerPorts {
  tcp: readonly [steady: number, weekly: number];
  udp: readonly [steady: number, weekly: number];
}

const WEEK_S = 604_800;
/** The worm's weeks begin on Mondays: 1970-01-05 00:00 UTC. */
const FIRST_WEEK_S = 345_600;
const DAY_MS = 86_400_000;
/** Multiplier of the linear generator; its addend is 1. */
const MULTIPLIER = 0x015a4e35;
const ROUNDS = 10;

/**
 * Groups of 32 ports in which the worm never listens, one bit each, lowest first, 32 groups a word: everything below
 * 2048, and where well-known programs are. Words that stand after these are 0.
 */
const EXCLUDED = Uint32Array.from([
  0xffffffff, 0xffffffff, 0xf0f6bfbb, 0xbb5a5ff3, 0xf3977011, 0xeb67bfbf, 0x5f9bfac8, 0x34d88091, 0x1e2282df,
  0x573402c4, 0xc0000084, 0x03000209, 0x01600002, 0x00005000, 0x801000c0, 0x00500040, 0x000000a1, 0x01000000,
  0x01000000, 0x00022a20, 0x00000080, 0x04000000, 0x40020000, 0x88000000, 0x00000180, 0x00081000, 0x08801900,
  0x00800b81, 0x00000280, 0x080002c0, 0x00a80000, 0x00008000, 0x00100040, 0x00100000, 0, 0, 0x10000008, 0, 0,
  0x00000004, 0x00000002, 0, 0x00040000, 0, 0, 0, 0x00410000, 0x82000000, 0, 0, 0x00000001, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0x00000008, 0x80000000,
]);

/** The worm's number of the week of a moment (ms since 1970). */
export function wormWeek(at: number): number {
  return Math.floor((at / 1000 - FIRST_WEEK_S) / WEEK_S);
}

/** The ports of an IPv4 address (dotted) in a week. */
export function peerPorts(address: string, week: number): PeerPorts {
  const steady = drawPair(~littleEndian(address) >>> 0);
  const weekly = drawPair((steady.state ^ week) >>> 0);
  return { tcp: [steady.first, weekly.first], udp: [steady.second, weekly.second] };
}

export function isExcluded(port: number): boolean {
  return (((EXCLUDED[port >>> 10] ?? 0) >>> ((port >>> 5) & 31)) & 1) === 1;
}

/** Whether a peer would listen at this port, were it infected; its clock may be wrong by a day. `at`: ms. */
export function isPeerPort(address: string, transport: Transport, port: number, at: number): boolean {
  if (isExcluded(port)) return false;
  const weeks = new Set([wormWeek(at), wormWeek(at - DAY_MS), wormWeek(at + DAY_MS)]);
  return [...weeks].some((week) => peerPorts(address, week)[transport].includes(port));
}

/** Draws until both ports are allowed and differ. What was drawn stays in the mix: the worm never clears it. */
function drawPair(seed: number): { first: number; second: number; state: number } {
  let state = seed;
  const ports: [number, number] = [0, 0];
  do {
    for (let round = 0; round < ROUNDS; round++) {
      const { low, high } = step(state);
      state = low;
      ports[round & 1] = (ports[round & 1] as number) ^ ((high >>> round) & 0xffff);
    }
  } while (isExcluded(ports[0]) || isExcluded(ports[1]) || ports[0] === ports[1]);
  return { first: ports[0], second: ports[1], state };
}

/** state · multiplier + 1 in 64 bits, by halves of the state, so that plain numbers hold it exactly. */
function step(state: number): { low: number; high: number } {
  const below = (state & 0xffff) * MULTIPLIER + 1;
  const above = (state >>> 16) * MULTIPLIER + Math.floor(below / 0x10000);
  const low = (((above % 0x10000) << 16) | (below % 0x10000)) >>> 0;
  return { low, high: Math.floor(above / 0x10000) >>> 0 };
}

/** The address as the worm reads it from the wire on an x86: first octet lowest. */
function littleEndian(address: string): number {
  return address.split('.').reduceRight((number, octet) => (number << 8) | Number(octet), 0) >>> 0;
}
