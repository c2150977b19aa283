import type { Answer, Observation, Opener, Outcome, Transport } from '#events';
import type { DetectorName } from '../evidence/evidence.js';
import type { ObservationContext } from './detector.js';

/** Kind and outcome of an observation. `listed`: an exact name of a worm's list; `worm-port`: a port that a worm computes. */
export type Sign =
  | `attempt.${Transport | 'worm-port'}.${Outcome}`
  | `name.${'listed' | 'other'}.${Answer}`
  | `alert.${Opener}`
  | 'flow.inside'
  | 'flow.outside'
  | 'address-taken-over';

/**
 * Which one detector a sign belongs to, so that none weighs twice. null: it weighs nothing. The compiler checks that
 * every kind and outcome stands here.
 */
export const SIGNS: Record<Sign, DetectorName | null> = {
  'attempt.tcp.answered': 'scan',
  'attempt.tcp.refused': 'scan',
  'attempt.tcp.unreachable': 'scan',
  'attempt.tcp.silent': 'scan',
  // Our own rule cut it: after a release the same contact is a first one again.
  'attempt.tcp.denied': null,
  'attempt.udp.answered': null,
  'attempt.udp.refused': null,
  'attempt.udp.unreachable': null,
  'attempt.udp.silent': null,
  'attempt.udp.denied': null,
  // The worm asks for its peers here, whatever becomes of it.
  'attempt.worm-port.answered': 'conficker-ports',
  'attempt.worm-port.refused': 'conficker-ports',
  'attempt.worm-port.unreachable': 'conficker-ports',
  'attempt.worm-port.silent': 'conficker-ports',
  'attempt.worm-port.denied': null,
  'name.listed.answered': 'conficker-names',
  'name.listed.nxdomain': 'conficker-names',
  'name.listed.servfail': 'conficker-names',
  'name.listed.refused': 'conficker-names',
  'name.listed.silent': 'conficker-names',
  'name.listed.unknown': 'conficker-names',
  // Weighs nothing; who counts failing names learns of a domain that exists.
  'name.other.answered': 'failing-names',
  'name.other.nxdomain': 'failing-names',
  // The resolver's fault.
  'name.other.servfail': null,
  'name.other.refused': null,
  'name.other.silent': 'failing-names',
  'name.other.unknown': null,
  'alert.device': 'alert',
  // The device is attacked: that makes it no attacker.
  'alert.peer': null,
  // By the profile of the device, where it has one.
  'flow.inside': null,
  'flow.outside': 'beacon',
  'address-taken-over': 'address-taken-over',
};

export function signOf(
  observation: Observation,
  context: Pick<ObservationContext, 'conficker' | 'wormPort' | 'profile'>,
): Sign {
  switch (observation.kind) {
    case 'attempt':
      return `attempt.${context.wormPort ? 'worm-port' : observation.transport}.${observation.outcome}`;
    case 'name':
      return `name.${context.conficker ? 'listed' : 'other'}.${observation.answer}`;
    case 'alert':
      return `alert.${observation.opener}`;
    case 'flow':
      return context.profile === 'inside' ? 'flow.inside' : 'flow.outside';
    case 'address-taken-over':
      return 'address-taken-over';
  }
}
