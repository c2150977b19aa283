import type { Conversation } from '#events';

/** What moved between a device and a peer on a day (UTC), as the table counts it. */
export interface DayCount {
  day: string;
  peerAddress: string;
  transport: string;
  port: number;
  opener: 'device' | 'peer';
  frames: number;
  octets: number;
  lastSeen: string;
}

/**
 * The counts that conversations add. Only those in which something came back: a worm that knocks at a thousand
 * addresses is no traffic that an isolation would cut, and would fill the table.
 */
export function dayCounts(conversations: readonly Conversation[]): DayCount[] {
  const counts = new Map<string, DayCount>();
  for (const one of conversations) {
    if (one.framesIn === 0 || one.peerAddress === null) continue;
    const count: DayCount = {
      day: one.windowTo.slice(0, 10),
      peerAddress: one.peerAddress,
      transport: one.transport ?? '',
      port: one.port ?? -1,
      opener: one.opener,
      frames: (one.framesOut + one.framesIn) * one.sampledOneIn,
      octets: (one.octetsOut + one.octetsIn) * one.sampledOneIn,
      lastSeen: one.lastSeen,
    };
    const key = [count.day, count.peerAddress, count.transport, count.port, count.opener].join(' ');
    const before = counts.get(key);
    counts.set(key, before ? added(before, count) : count);
  }
  return [...counts.values()];
}

function added(a: DayCount, b: DayCount): DayCount {
  const lastSeen = a.lastSeen > b.lastSeen ? a.lastSeen : b.lastSeen;
  return { ...a, frames: a.frames + b.frames, octets: a.octets + b.octets, lastSeen };
}
