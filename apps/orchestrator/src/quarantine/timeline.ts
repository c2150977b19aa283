import type { QuarantineEvent, SeenInterface } from '#events';
import type { TimelineEntry } from '../queries.js';

/** The steps of an interface that have a time of their own, with the word for each. */
const STEPS = [
  ['permitsInAt', 'permits-in'],
  ['movedAt', 'port-moved'],
  ['acknowledgedAt', 'acknowledged'],
  ['containedAt', 'contained'],
  ['clinicalAt', 'clinical'],
] as const;

/** Decisions, conditions and steps on the wire in the order in which they happened. */
export function timelineOf(events: readonly QuarantineEvent[], interfaces: readonly SeenInterface[]): TimelineEntry[] {
  const decided = events.map(({ type, time, data }) => ({
    at: time,
    kind: type.replace('lazaret.quarantine.', ''),
    actor: data.actor,
    detail: detailOf(type, data),
  }));
  const seen = interfaces.flatMap((one) =>
    STEPS.flatMap(([field, kind]) => {
      const at = one[field];
      return at === null ? [] : [{ at, kind, actor: observerOf(one, kind), detail: placeOf(one) }];
    }),
  );
  // A stable sort: what happened in one millisecond stays in the order of commit.
  return [...decided, ...seen].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function detailOf(type: QuarantineEvent['type'], data: QuarantineEvent['data']): string {
  if (type === 'lazaret.quarantine.truth-changed') return data.truth;
  if (type === 'lazaret.quarantine.condition-changed') return data.conditions.join(', ') || 'no condition';
  return data.reason;
}

function observerOf(one: SeenInterface, kind: (typeof STEPS)[number][1]): string {
  if (kind === 'contained') return one.containedBy ?? 'enforcement';
  if (kind === 'clinical') return one.clinicalBy ?? 'enforcement';
  return 'enforcement';
}

function placeOf({ mac, pointId, port, vlan }: SeenInterface): string {
  const place = pointId === null ? 'nowhere' : `${pointId} ${port ?? ''}`.trim();
  return `${mac} at ${place}${vlan === null ? '' : `, VLAN ${vlan}`}`;
}
