import type { DriverProfile } from '#driver';
import type { IsePolicy } from './config.js';

/** A downloadable ACL travels in one RADIUS packet, and access switches have room for few entries more. */
const ENTRIES = 64;

/**
 * What ISE does with a change of authorization depends on the switch that carries it out, so nothing here is confirmed
 * before a drill. The interruption counts as its worst, a link that goes down; a downloadable ACL filters what the device
 * sends, over IPv4. ISE keeps no mark on an assignment: what is ours is told by the policy's name.
 */
export function iseProfile(policies: readonly IsePolicy[]): DriverProfile {
  return {
    order: 'break-before-make',
    interruption: 'break',
    direction: 'from-device',
    covers: 'ipv4',
    state: 'policy',
    stateful: false,
    entries: ENTRIES,
    perSession: true,
    renews: true,
    marks: false,
    modes: [...new Set(policies.map(({ mode }) => mode))],
    confirmed: false,
  };
}
