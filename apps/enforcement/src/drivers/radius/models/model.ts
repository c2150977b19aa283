import type { AttributeName, Named } from '../wire/dictionary.js';
import type { MacFormat } from '../../mac.js';

/** How a session can be named. `audit-session-id` is Cisco's, within a Cisco-AVPair; the others are attributes. */
export const IDENTITY = [
  'User-Name',
  'NAS-Port',
  'NAS-Port-Id',
  'Calling-Station-Id',
  'Acct-Session-Id',
  'audit-session-id',
] as const;
export type Identity = (typeof IDENTITY)[number];

/** One way to make a session take what its RADIUS server says now. */
export interface Renewal {
  request: 'coa' | 'disconnect';
  /** What goes with the identification. None in a Disconnect: anything else there is NAK 401 (RFC 5176 section 3). */
  attributes: readonly Named[];
  /** How long the device is without network, in ms; `link`: its port goes down, and every other device of the port with it. */
  gap: number | 'link';
  /** Where this command wants to be told which session in another way than the model's others. */
  identify?: readonly IdentitySet[];
}

/** Attributes that name one session together. Exactly these are sent: one more is a NAK 401 at many switches. */
export type IdentitySet = readonly Identity[];

export const RENEWALS = ['reauthenticate', 'disconnect', 'bounce'] as const;
export type RenewalKind = (typeof RENEWALS)[number];

/**
 * How the switches of one family take dynamic authorisation. Exact on purpose: what one firmware needs is what another
 * refuses. Taken from the vendors' documents and dictionaries; confirmed by a drill on the switch itself, not here.
 */
export interface RadiusModel {
  title: string;
  /** Calling-Station-Id. */
  mac: MacFormat;
  /** In the order that they are tried; one whose values are not known is left out. */
  identify: readonly IdentitySet[];
  /** null: it has no such command. Each has Disconnect. */
  renew: { disconnect: Renewal } & Readonly<Record<Exclude<RenewalKind, 'disconnect'>, Renewal | null>>;
  /** What is used unless the point's configuration says otherwise: what interrupts least. */
  usual: RenewalKind;
  /** What a CoA itself can change in a live session. */
  carries: {
    /** Tunnel-Type, Tunnel-Medium-Type and Tunnel-Private-Group-Id (RFC 3580 section 3.31). */
    vlan: boolean;
    /** The attribute that names a filter or role; null: none. */
    filter: AttributeName | null;
    /** A role sets the VLAN too: nothing else goes with it. */
    filterIsRole: boolean;
  };
  /** Old firmware drops a request that has one: it may be switched off for a point. */
  messageAuthenticatorMayBeOff: boolean;
}

export const NOTHING_CARRIED: RadiusModel['carries'] = { vlan: false, filter: null, filterIsRole: false };

/** A plain Disconnect: the session ends, and the device is authenticated again. */
export function disconnect(gap: number): Renewal {
  return { request: 'disconnect', attributes: [], gap };
}
