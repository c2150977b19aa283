import {
  PEER_KINDS,
  SERVICES,
  TRANSPORTS,
  type DeclaredFlow,
  type PeerKind,
  type Service,
  type Transport,
} from '#events';
import { canonicalAddress, isAddress } from './address.js';

/**
 * A clinical flow in one word, as the inventory's column `flows` holds them, separated by `;`:
 *
 *     flow    = service opener [kind "="] peer ":" transport "/" port ["!"]
 *     service = one of the services of the contract, such as dicom-store
 *     opener  = ">" the device opens it   |   "<" the peer opens it (a call-back)
 *     kind    = "ae-title" (default) | "asset" | "name" | "address"
 *     "!"     = required: a plan that cuts it needs more than a common approval
 *
 * `dicom-store>ARCHIVE:tcp/104!; dicom-commitment<ARCHIVE:tcp/11113!; dns>address=10.20.0.53:udp/53`
 */
const FLOW = /^([a-z0-9-]+)([<>])(?:([a-z-]+)=)?(.+):([a-z]+)\/(\d{1,5})(!?)$/;

/** The flows of a cell, or what is wrong with the first that can't be read. */
export function parseFlows(text: string): { flows: DeclaredFlow[]; problem: string | null } {
  const flows: DeclaredFlow[] = [];
  for (const word of text.split(';').map((part) => part.trim())) {
    if (word === '') continue;
    const flow = parseFlow(word);
    if (typeof flow === 'string') return { flows: [], problem: flow };
    flows.push(flow);
  }
  return { flows, problem: null };
}

function parseFlow(word: string): DeclaredFlow | string {
  const match = FLOW.exec(word);
  if (!match)
    return `flow ${shown(word)}: expected SERVICE>PEER:tcp/PORT, with < where the peer opens it and ! where required`;
  const [, service = '', opener, kind = 'ae-title', peer = '', transport = '', port = '', required] = match;
  if (!isOneOf<Service>(SERVICES, service)) return `unknown service; known: ${SERVICES.join(' ')}`;
  if (!isOneOf<PeerKind>(PEER_KINDS, kind)) return `unknown kind of peer; known: ${PEER_KINDS.join(' ')}`;
  if (!isOneOf<Transport>(TRANSPORTS, transport)) return `unknown transport; known: ${TRANSPORTS.join(' ')}`;
  if (Number(port) < 1 || Number(port) > 65535) return 'port: expected 1 to 65535';
  if (kind === 'address' && !isAddress(peer.trim())) return 'address: expected an IPv4 or IPv6 address';
  if (peer.trim() === '' || peer.length > 255) return 'peer: expected 1 to 255 characters';
  return {
    service,
    peer: kind === 'address' ? canonicalAddress(peer.trim()) : peer.trim(),
    peerKind: kind,
    transport,
    port: Number(port),
    opener: opener === '<' ? 'peer' : 'device',
    required: required === '!',
  };
}

/** The text that `parseFlows` reads again as the same flow. */
export function flowText(flow: DeclaredFlow): string {
  const kind = flow.peerKind === 'ae-title' ? '' : `${flow.peerKind}=`;
  const opener = flow.opener === 'peer' ? '<' : '>';
  return `${flow.service}${opener}${kind}${flow.peer}:${flow.transport}/${flow.port}${flow.required ? '!' : ''}`;
}

function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word);
}

/** Names a flow that can't be read by its first letters, so that it is found in a long cell. */
function shown(word: string): string {
  return JSON.stringify(word.length > 40 ? `${word.slice(0, 40)}…` : word);
}
