import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { OPENERS, SERVICES, TRANSPORTS, address, count, id, port, time, word } from '../words.js';

/** A clinical flow with its peer resolved to an address, and who resolved it when. */
export const resolvedFlow = z.object({
  flowId: id,
  service: word(SERVICES),
  peerAddress: address,
  peerDeviceId: id.nullable(),
  transport: word(TRANSPORTS),
  port,
  opener: word(OPENERS),
  required: z.boolean(),
  source: z.enum(['declared', 'observed']),
  resolvedFrom: z.string(),
  resolvedBy: z.string(),
  resolvedAt: time,
});

/** The contract of a device. `unresolved` names the flows whose peer no source knows. */
export const contractResolved = cloudEvent(
  'lazaret.contract.resolved',
  z.object({ deviceId: id, revision: count, unresolved: z.array(z.string()), flows: z.array(resolvedFlow) }),
);
export type ContractResolved = z.infer<typeof contractResolved>;
export type ResolvedFlow = z.infer<typeof resolvedFlow>;
