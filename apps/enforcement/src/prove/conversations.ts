import ipaddr from 'ipaddr.js';
import type { Conversation } from '#events';
import type { Permit } from '../wanted/wanted.js';

const ETHERTYPE_ARP = 0x0806;
/** ICMP carries the path MTU of a permitted peer's answers: our permit lines let it in. */
const ICMP = 'icmp';

/** The permit that a conversation belongs to. */
export function permitOf(one: Conversation, permits: readonly Permit[]): Permit | undefined {
  return permits.find(
    (permit) =>
      permit.peerAddress === one.peerAddress &&
      permit.transport === one.transport &&
      permit.port === one.port &&
      permit.opener === one.opener,
  );
}

/**
 * Whether frames went beyond our rule. Not judged: ARP whose target the observer does not show (our lines let ARP with
 * the next hop pass); and who opened a permitted service, since an observer that joins a conversation in its middle
 * can't tell: the point's own lines enforce that.
 */
export function isForbidden(one: Conversation, permits: readonly Permit[]): boolean {
  if (one.framesBeyond === 0) return false;
  if (one.etherType === ETHERTYPE_ARP && one.peerAddress === null) return false;
  if (one.transport === ICMP && permits.some((permit) => permit.peerAddress === one.peerAddress)) return false;
  return !permits.some(
    (permit) =>
      permit.peerAddress === one.peerAddress && permit.transport === one.transport && permit.port === one.port,
  );
}

/** Whether a record shows that the called side of a permitted flow has answered. */
export function isAnswered(one: Conversation, permit: Permit): boolean {
  return (permit.opener === 'device' ? one.framesIn : one.framesOut) > 0;
}

/**
 * Whether a record shows a permitted attempt that got no answer, or that our own deny line has met. A sampled record
 * can't: the answer may be among the frames that were not sampled.
 */
export function attemptFailed(one: Conversation, permit: Permit): boolean {
  if (one.deniedOut + one.deniedIn > 0) return true;
  if (one.sampledOneIn > 1 || isAnswered(one, permit)) return false;
  return (permit.opener === 'device' ? one.framesOut : one.framesIn) > 0;
}

/** Whether one host is asked: a frame to a group, such as a router solicitation, may go unanswered in a sound network. */
export function asksSomebody({ peerAddress }: Conversation): boolean {
  if (peerAddress === null || !ipaddr.isValid(peerAddress)) return false;
  return !['multicast', 'broadcast'].includes(ipaddr.parse(peerAddress).range());
}
