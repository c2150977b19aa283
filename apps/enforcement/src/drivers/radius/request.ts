import { isIPv4 } from 'node:net';
import type { RadiusPoint } from './config.js';
import { MODELS } from './models/models.js';
import type { Identity, IdentitySet, RadiusModel, Renewal } from './models/model.js';
import type { SessionId } from './session-source.js';
import type { Named } from './wire/dictionary.js';
import { MAC_FORMAT, formatMac } from '../mac.js';

/** What is known of the session that a request is about. */
export interface Session {
  mac: string;
  port: string | null;
  /** The session's id, and what kind of id it is; null: only MAC and port are known. */
  id: SessionId | null;
}

/** One request that could be sent. */
export interface Attempt {
  request: Renewal['request'];
  attributes: readonly Named[];
  /** It names one session by its id, so that it can't hit the one after it. */
  namesSession: boolean;
}

/** What a request asks for, without whom it is about. */
export type Command = Pick<Renewal, 'request' | 'attributes' | 'identify'>;

/**
 * The requests by which a command can be given for a session, in the order of the model's sets of attributes. A set is
 * used if all its values are known. If the session's id is known, sets that have it come first: a set without it could
 * end the session that has begun since.
 */
export function attempts(point: RadiusPoint, command: Command, session: Session): Attempt[] {
  const model: RadiusModel = MODELS[point.model];
  const sets = command.identify ?? model.identify;
  const named = sets.flatMap((set) => {
    const identity = identify(point, model, set, session);
    if (!identity) return [];
    const namesSession = set.some((one) => isSessionId(one));
    return [
      { request: command.request, attributes: [...nasOf(point), ...identity, ...command.attributes], namesSession },
    ];
  });
  return [...named.filter((one) => one.namesSession), ...named.filter((one) => !one.namesSession)];
}

/** Who is meant, for a proxy and for the switch itself (RFC 5176 section 3). */
export function nasOf({ nas }: Pick<RadiusPoint, 'nas'>): Named[] {
  const address: Named[] =
    nas.address === null ? [] : [[isIPv4(nas.address) ? 'NAS-IP-Address' : 'NAS-IPv6-Address', nas.address]];
  return nas.identifier === null ? address : [...address, ['NAS-Identifier', nas.identifier]];
}

function isSessionId(identity: Identity): boolean {
  return identity === 'Acct-Session-Id' || identity === 'audit-session-id';
}

/** null: a value of the set is not known. */
function identify(point: RadiusPoint, model: RadiusModel, set: IdentitySet, session: Session): Named[] | null {
  const named = set.map((one) => valueOf(point, model, one, session));
  return named.every((one) => one !== null) ? named : null;
}

function valueOf(point: RadiusPoint, model: RadiusModel, identity: Identity, { mac, port, id }: Session): Named | null {
  switch (identity) {
    case 'Calling-Station-Id':
      return [identity, formatMac(mac, model.mac)];
    case 'User-Name':
      return [identity, point.userNames[mac] ?? formatMac(mac, MAC_FORMAT.plain)];
    case 'NAS-Port-Id':
      return port === null ? null : [identity, port];
    case 'NAS-Port': {
      const number = port === null ? null : nasPort(point, port);
      return number === null ? null : [identity, number];
    }
    case 'Acct-Session-Id':
      return id?.kind === identity ? [identity, id.value] : null;
    case 'audit-session-id':
      return id?.kind === identity ? ['Cisco-AVPair', `audit-session-id=${id.value}`] : null;
  }
}

/** A port whose name is a number is that NAS-Port; any other one must be told, since each family counts in its own way. */
function nasPort({ nasPorts }: RadiusPoint, port: string): number | null {
  const told = nasPorts[port];
  if (told !== undefined) return told;
  return /^\d{1,5}$/.test(port) ? Number(port) : null;
}
