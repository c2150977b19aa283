import type { Conversation } from '#events';
import { BoundedMap } from '../bounded-map.js';
import type { DeviceRegister } from '../devices/device-register.js';
import type { InsideNetworks } from '../inside.js';
import { FLOW_KINDS, type Flow } from '../sensors/flow.js';
import { sidesOf, type Side } from './sides.js';
import { Openers, type Service } from './tuple.js';

/** Conversations that are due, of one device by one sensor. */
export interface DueConversations {
  deviceId: string;
  sensorId: string;
  conversations: Conversation[];
}

/** A conversation that moved frames both ways, as it is kept for later. */
export interface KnownConversation {
  key: string;
  firstSeen: number;
  lastSeen: number;
}

interface Entry {
  deviceId: string;
  sensorId: string;
  side: Side;
  service: Service;
  etherType: number;
  sampledOneIn: number;
  openedAt: number;
  from: number;
  to: number;
  framesOut: number;
  framesIn: number;
  octetsOut: number;
  octetsIn: number;
  framesBeyond: number;
  deniedOut: number;
  deniedIn: number;
}

/** A window is told when both directions have been heard of, or after so long. */
export const SETTLED_MS = 200;
export const WINDOW_MS = 1000;
/** Most windows open at once, and most conversations whose first sight is remembered. */
export const MAX_OPEN = 20_000;
export const MAX_KNOWN = 50_000;

/**
 * Who talks to whom. Records are summed in windows: what a permit or deny line showed, and the first sight of a
 * conversation, are due at once; volumes a little later, so that both directions of an exchange stand in one window
 * (a cache exports them one after the other). Records of different sampling never share a window, as their frames are
 * the same frames counted twice.
 */
export class ConversationLog {
  private readonly openers = new Openers();
  private readonly open = new BoundedMap<string, Entry>(MAX_OPEN);
  private readonly known = new BoundedMap<string, { firstSeen: number; lastSeen: number }>(MAX_KNOWN);
  private readonly urgentKeys = new Set<string>();
  private readonly moved = new Map<string, KnownConversation>();

  constructor(
    private readonly inside: InsideNetworks,
    stored: readonly KnownConversation[] = [],
  ) {
    for (const { key, firstSeen, lastSeen } of stored) this.known.set(key, { firstSeen, lastSeen });
  }

  get evicted(): number {
    return this.open.evicted;
  }

  /** Returns true if something is due at once. */
  take(flow: Flow, register: DeviceRegister): boolean {
    this.openers.note(flow);
    let urgent = false;
    for (const side of sidesOf(flow, register)) urgent = this.add(flow, side) || urgent;
    return urgent;
  }

  /** Takes the windows that can't wait. */
  urgent(register: DeviceRegister): DueConversations[] {
    const keys = [...this.urgentKeys];
    this.urgentKeys.clear();
    return this.takeWindows(keys, register);
  }

  /** Takes the windows that are due. */
  due(now: number, register: DeviceRegister): DueConversations[] {
    const keys = this.open.entriesWhere((one) => isDue(one, now)).map(([key]) => key);
    return this.takeWindows(keys, register);
  }

  /** Conversations that moved both ways since the last call, to be stored. A target that never answered is none. */
  takeMoved(): KnownConversation[] {
    const moved = [...this.moved.values()];
    this.moved.clear();
    return moved;
  }

  private takeWindows(keys: readonly string[], register: DeviceRegister): DueConversations[] {
    const due = new Map<string, DueConversations>();
    for (const key of keys) {
      const entry = this.open.get(key);
      if (!entry) continue;
      this.open.delete(key);
      const group = `${entry.deviceId}|${entry.sensorId}`;
      const { deviceId, sensorId } = entry;
      const of = due.get(group) ?? { deviceId, sensorId, conversations: [] };
      of.conversations.push(this.conversation(entry, register));
      due.set(group, of);
    }
    return [...due.values()];
  }

  private add(flow: Flow, side: Side): boolean {
    const service = this.openers.serviceOf(flow, side.deviceSends);
    const identity = identityOf(flow, side, service);
    const isNew = !this.known.has(identity);
    if (side.counts === 'first-sight' && !isNew) return false;
    this.see(identity, flow);
    const key = `${identity}|${flow.sensorId}|${flow.kind}`;
    const entry = this.open.get(key) ?? openedBy(flow, side, service);
    count(entry, flow, side.counts);
    this.open.set(key, entry);
    if (entry.framesIn > 0 && entry.framesOut > 0) this.move(identity);
    // Volumes wait for the other direction: told by halves, an exchange would look like a question without an answer.
    if (flow.kind === FLOW_KINDS.volume) return false;
    this.urgentKeys.add(key);
    return true;
  }

  private see(identity: string, flow: Flow): void {
    const known = this.known.get(identity);
    this.known.set(identity, {
      firstSeen: known?.firstSeen ?? flow.start,
      lastSeen: Math.max(known?.lastSeen ?? 0, flow.end),
    });
  }

  private move(identity: string): void {
    const known = this.known.get(identity);
    if (known) this.moved.set(identity, { key: identity, ...known });
  }

  private conversation(entry: Entry, register: DeviceRegister): Conversation {
    const { side, service, etherType, sampledOneIn } = entry;
    const { peerAddress } = side;
    const known = this.known.get(identityText(entry.deviceId, side, etherType, service));
    return {
      mac: side.mac,
      peerAddress,
      peerDeviceId: peerAddress === null ? null : (register.holderOf(peerAddress)?.deviceId ?? null),
      // A frame without an address can't have come from beyond a router.
      peerInside: peerAddress === null || this.inside.includes(peerAddress),
      etherType,
      ...service,
      windowFrom: new Date(entry.from).toISOString(),
      windowTo: new Date(entry.to).toISOString(),
      sampledOneIn,
      framesOut: entry.framesOut,
      framesIn: entry.framesIn,
      octetsOut: entry.octetsOut,
      octetsIn: entry.octetsIn,
      framesBeyond: entry.framesBeyond,
      deniedOut: entry.deniedOut,
      deniedIn: entry.deniedIn,
      firstSeen: new Date(known?.firstSeen ?? entry.from).toISOString(),
      lastSeen: new Date(Math.max(known?.lastSeen ?? 0, entry.to)).toISOString(),
    };
  }
}

function isDue(entry: Entry, now: number): boolean {
  const age = now - entry.openedAt;
  return age >= WINDOW_MS || (age >= SETTLED_MS && entry.framesIn > 0 && entry.framesOut > 0);
}

function openedBy(flow: Flow, side: Side, service: Service): Entry {
  const { sensorId, etherType, sampledOneIn } = flow;
  const zero = { framesOut: 0, framesIn: 0, octetsOut: 0, octetsIn: 0, framesBeyond: 0, deniedOut: 0, deniedIn: 0 };
  const window = { openedAt: flow.receivedAt, from: flow.start, to: flow.end };
  return { deviceId: side.deviceId, sensorId, side, service, etherType, sampledOneIn, ...window, ...zero };
}

function count(entry: Entry, flow: Flow, counts: Side['counts']): void {
  entry.from = Math.min(entry.from, flow.start);
  entry.to = Math.max(entry.to, flow.end);
  switch (counts) {
    case 'first-sight':
      return;
    case 'out':
      entry.framesOut += flow.frames;
      entry.octetsOut += flow.octets;
      return;
    case 'in':
      entry.framesIn += flow.frames;
      entry.octetsIn += flow.octets;
      return;
    case 'beyond':
      entry.framesBeyond += flow.frames;
      return;
    case 'denied-out':
      entry.deniedOut += flow.frames;
      return;
    case 'denied-in':
      entry.deniedIn += flow.frames;
  }
}

function identityOf(flow: Flow, side: Side, service: Service): string {
  return identityText(side.deviceId, side, flow.etherType, service);
}

function identityText(deviceId: string, side: Side, etherType: number, { transport, port, opener }: Service): string {
  return [deviceId, side.mac, side.peerAddress ?? '', etherType, transport ?? '', port ?? '', opener].join('|');
}
