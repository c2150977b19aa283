import type { FlowEnded } from '#events';
import { canonicalName } from '../conficker-names.js';

/** What a flow went to: the name asked for, else address and port. A name is one destination on many addresses. */
export function destinationOf({ peerName, peerAddress, port, transport }: FlowEnded): string {
  return peerName === null ? `${peerAddress} ${port}/${transport}` : canonicalName(peerName);
}
