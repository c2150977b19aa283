import type { PointIsolation } from '#driver';

/** A sensor that sees frames, as its reports and conversations show it. */
export interface Observer {
  sensorId: string;
  kind: string;
  covers: readonly string[];
  /** Up to when it has reported everything, by its own clock. */
  observedUntil: Date;
  /** When `observedUntil` last moved, by our clock. */
  movedAt: Date;
  clockOffsetMs: number;
}

/** Kinds of sensor that see frames. One that reads ports or leases reports too, and would never see a forbidden frame. */
export const FRAME_OBSERVERS: readonly string[] = ['ipfix', 'netflow', 'sflow', 'mirror', 'zeek', 'suricata'];

/** No observer has moved for this long: nobody looks. In ms. */
export const BLIND_AFTER_MS = 10_000;

/** The observers that would see a frame of an interface at its switch, under either of its VLANs. */
export function observersOf(
  observers: readonly Observer[],
  { switch: switchId, homeVlan, quarantineVlan }: Pick<PointIsolation, 'switch' | 'homeVlan' | 'quarantineVlan'>,
): Observer[] {
  const vlans = quarantineVlan === null ? [homeVlan] : [homeVlan, quarantineVlan];
  const covering = new Set([`point:${switchId}`, ...vlans.map((vlan) => `vlan:${switchId}/${vlan}`)]);
  return observers.filter(
    ({ kind, covers }) => FRAME_OBSERVERS.includes(kind) && covers.some((one) => covering.has(one)),
  );
}

/**
 * Since when nobody looks; null: somebody does. An observer counts as moving when this process started, because until
 * then nobody could hear it.
 */
export function blindSince(observers: readonly Observer[], startedAt: Date, now: Date): Date | null {
  const last = Math.max(startedAt.getTime(), ...observers.map((one) => one.movedAt.getTime()));
  return now.getTime() - last > BLIND_AFTER_MS ? new Date(last) : null;
}
