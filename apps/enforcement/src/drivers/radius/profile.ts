import type { DriverProfile } from '#driver';
import type { RadiusPoint } from './config.js';
import { MODELS } from './models/models.js';
import type { RadiusModel, Renewal } from './models/model.js';

/** A role or filter by its name. */
const NAMED_ENTRIES = 64;

/** How this point makes a session take something: as it is configured, or as its model does usually. */
export function renewalOf(point: Pick<RadiusPoint, 'model' | 'renew'>): Renewal {
  const model: RadiusModel = MODELS[point.model];
  return model.renew[point.renew ?? model.usual] ?? model.renew.disconnect;
}

/** What touches one session and never its port. */
export function endOfSession({ model }: Pick<RadiusPoint, 'model'>): Renewal {
  return MODELS[model].renew.disconnect;
}

/**
 * What a switch does in answer to RADIUS, as its vendor says it; a drill of the very switch confirms or corrects it. A
 * CoA is atomic for its session (RFC 5176 section 2.3); a session that is ended is gone before the next one begins. A
 * filter that a switch puts on a session mostly filters what the device sends, and often IPv4 alone.
 */
export function profileOf(point: RadiusPoint): DriverProfile {
  const base = { direction: 'from-device', covers: 'ipv4', state: 'session', stateful: false, marks: false } as const;
  const shared = { ...base, entries: NAMED_ENTRIES, perSession: true, renews: true, confirmed: false };
  if (point.policyPoint === null) {
    const modes = [...new Set(point.policies.map(({ mode }) => mode))];
    return { ...shared, order: 'atomic', interruption: { gapMs: 0 }, modes };
  }
  const { gap } = renewalOf(point);
  const modes =
    point.quarantineVlan === null ? (['filter'] as const) : (['filter', 'vlan-bridged', 'vlan-routed'] as const);
  const interruption = gap === 'link' ? 'break' : { gapMs: gap };
  return { ...shared, order: 'break-before-make', interruption, perSession: gap !== 'link', modes };
}
