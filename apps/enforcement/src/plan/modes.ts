import type { DriverProfile } from '#driver';
import { PLAN_MODES, type PlanMode } from '#events';
import type { Permit, Wanted } from '../wanted/wanted.js';
import { REFUSED } from './reasons.js';

/** The modes in the order of what they interrupt, least first. */
export const MODES_BY_INTERRUPTION: readonly PlanMode[] = PLAN_MODES;

/** What a broken link costs: negotiation, spanning tree and a new address. In ms. */
const BREAK_MS = 30_000;

/** All that decides whether a mode fits an interface. */
export interface ModeQuestion {
  wanted: Pick<Wanted, 'requireQuarantineVlan' | 'maxInterruptionMs'>;
  profile: DriverProfile;
  permits: readonly Permit[];
  addressing: 'static' | 'dhcp' | 'unknown';
  quarantineVlan: number | null;
  homeVlan: number;
  /** Other MACs are behind the same port. */
  shared: boolean;
}

/** What is unconfirmed counts as its worst value. */
export function honest(profile: DriverProfile): DriverProfile {
  if (profile.confirmed) return profile;
  return {
    ...profile,
    order: 'break-before-make',
    interruption: 'break',
    direction: 'from-device',
    covers: 'ipv4',
    stateful: false,
    perSession: false,
  };
}

/** How long the device is cut off while a mode is applied, in ms. */
export function interruptionOf(profile: DriverProfile): number {
  if (profile.interruption === 'none') return 0;
  return profile.interruption === 'break' ? BREAK_MS : profile.interruption.gapMs;
}

/** Why a mode does not fit; null: it does. */
export function refusal(mode: PlanMode, question: ModeQuestion): string | null {
  return ownRefusal(mode, question) ?? commonRefusal(mode, question);
}

function ownRefusal(mode: PlanMode, { wanted, profile, permits, ...question }: ModeQuestion): string | null {
  switch (mode) {
    case 'filter':
      if (wanted.requireQuarantineVlan) return REFUSED.quarantineVlanRequired;
      if (profile.direction !== 'both') return REFUSED.oneDirection;
      return profile.covers === 'all' ? null : REFUSED.coversTooLittle;
    case 'vlan-bridged':
      if (question.quarantineVlan === null) return REFUSED.noQuarantineVlan;
      return question.homeVlan === question.quarantineVlan ? REFUSED.alreadyThere : null;
    case 'vlan-routed':
      if (question.quarantineVlan === null) return REFUSED.noQuarantineVlan;
      if (question.homeVlan === question.quarantineVlan) return REFUSED.alreadyThere;
      if (permits.some((permit) => permit.opener === 'peer')) return REFUSED.needsCallbacks;
      return question.addressing === 'dhcp' ? null : REFUSED.addressPinned;
  }
}

function commonRefusal(mode: PlanMode, { wanted, profile, shared }: ModeQuestion): string | null {
  if (!profile.modes.includes(mode)) return REFUSED.pointCannot;
  if (shared && !profile.perSession) return REFUSED.severalMacs;
  return interruptionOf(profile) > wanted.maxInterruptionMs ? REFUSED.interruptionTooLong : null;
}
