import type { DriverProfile } from '#driver';
import { PLAN_MODES, type DrillState, type PointFinding, type PointMode, type PointReported } from '#events';
import type { TestPort } from '../drill/test-port.js';
import { honest, interruptionOf, refusal } from '../plan/modes.js';
import type { PointFacts } from '../read/point.js';
import type { PointDescription } from './description.js';
import type { Health } from './health.js';

/** The drill that was carried out last, or is. */
export interface LastDrill {
  drillId: string;
  state: DrillState;
  endedAt: Date | null;
  findings: readonly PointFinding[];
}

/** Everything that is reported of a point. */
export interface PointState {
  facts: PointFacts;
  description: PointDescription;
  profile: DriverProfile;
  /** When and by whom this profile was confirmed; null: by the driver's own suite, or not at all. */
  drilled: { at: Date; by: string } | null;
  testPorts: readonly TestPort[];
  health: Health;
  breaker: Breaker;
  drill: LastDrill | null;
}

/** `open`: it has failed so often in a row that it is left alone for a while. */
export type Breaker = 'closed' | 'open';

/** What is published of a point: what it can honestly do, so what is unconfirmed as its worst value. */
export function pointReport(state: PointState, now: Date): PointReported['data'] {
  const { facts, description, drilled, health, breaker, drill } = state;
  const profile = honest(state.profile);
  const { interruption } = profile;
  return {
    pointId: facts.id,
    kind: description.kind,
    model: description.model,
    switches: [...facts.switches],
    policyPoint: facts.policyPoint,
    quarantineVlan: facts.quarantineVlan,
    order: profile.order,
    interruption: typeof interruption === 'string' ? interruption : 'gap',
    gapMs: typeof interruption === 'string' ? null : interruption.gapMs,
    direction: profile.direction,
    covers: profile.covers,
    state: profile.state,
    stateful: profile.stateful,
    entries: profile.entries,
    perSession: profile.perSession,
    renews: profile.renews,
    marks: profile.marks,
    modes: PLAN_MODES.map((planMode) => modeOf(planMode, profile, facts)),
    confirmed: profile.confirmed,
    confirmedBy: drilled ? 'drill' : profile.confirmed ? 'driver' : 'nobody',
    drilledAt: drilled?.at.toISOString() ?? null,
    drilledBy: drilled?.by ?? null,
    testPorts: state.testPorts.map(({ switch: at, port, mac, address }) => ({ switch: at, port, mac, address })),
    reachable: health.reachable,
    reachableSince: health.since?.toISOString() ?? null,
    answeredAt: health.answeredAt?.toISOString() ?? null,
    lastFailure: health.lastFailure,
    breaker,
    probedAt: health.probedAt?.toISOString() ?? null,
    findings: [...health.findings],
    drillId: drill?.drillId ?? null,
    drillState: drill?.state ?? null,
    drillEndedAt: drill?.endedAt?.toISOString() ?? null,
    drillFindings: [...(drill?.findings ?? [])],
    reportedAt: now.toISOString(),
  };
}

/** Above any interruption, so that its length refuses nothing: that is for the policy to judge. In ms. */
const ANY_INTERRUPTION = Number.MAX_SAFE_INTEGER;

/** By the planner's own rules, for a device that has an address by DHCP, is alone and needs no call-backs. */
function modeOf(planMode: PointMode['planMode'], profile: DriverProfile, facts: PointFacts): PointMode {
  const wanted = { requireQuarantineVlan: false, maxInterruptionMs: ANY_INTERRUPTION };
  const { quarantineVlan } = facts;
  const reason = refusal(planMode, {
    wanted,
    profile,
    permits: [],
    addressing: 'dhcp',
    quarantineVlan,
    // Any other VLAN.
    homeVlan: quarantineVlan === 1 ? 2 : 1,
    shared: false,
  });
  const routed = planMode === 'vlan-routed';
  return {
    planMode,
    usable: reason === null,
    interruptionMs: interruptionOf(profile),
    callBacks: !routed,
    keepsAddress: !routed,
    reason,
  };
}
