import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import {
  ANSWERS,
  BINDINGS,
  OPENERS,
  OUTCOMES,
  TRANSPORTS,
  address,
  count,
  id,
  mac,
  port,
  time,
  word,
} from '../words.js';

const common = {
  observationId: z.string().regex(/^[0-9a-f]{32}$/),
  sensorId: id,
  trustDomain: id,
  authenticated: z.boolean(),
  binding: word(BINDINGS),
  at: time,
  receivedAt: time,
};

/** An attempt of the device to reach a peer, published once with its outcome; again if a late answer comes. */
export const attempt = z.object({
  ...common,
  kind: z.literal('attempt'),
  localAddress: address,
  localPort: port,
  peerAddress: address,
  peerDeviceId: id.nullable(),
  peerInside: z.boolean(),
  transport: word(TRANSPORTS),
  port,
  outcome: word(OUTCOMES),
});

/** A look-up of a name; `resolverWell`: the resolver answered somebody within the 5 s around it. */
export const name = z.object({
  ...common,
  kind: z.literal('name'),
  localAddress: address,
  localPort: port,
  peerAddress: address,
  transport: word(TRANSPORTS),
  port,
  name: z.string().min(1).max(255),
  queryType: z.string().max(16),
  answer: word(ANSWERS),
  resolverWell: z.boolean(),
});

/**
 * What moved in a connection of the device, told when it has ended. `peerName`: what the device asked for in it (TLS,
 * HTTP; through a proxy, the target), where a sensor shows it.
 */
export const flow = z.object({
  ...common,
  kind: z.literal('flow'),
  localAddress: address,
  localPort: port,
  peerAddress: address,
  peerDeviceId: id.nullable(),
  peerInside: z.boolean(),
  peerName: z.string().min(1).max(255).nullable(),
  transport: word(TRANSPORTS),
  port,
  bytesSent: count,
  bytesReceived: count,
});

/** What another product warns of; `opener`: who sent what it warns of. `severity`: as the product counts, 1 the worst. */
export const alert = z.object({
  ...common,
  kind: z.literal('alert'),
  localAddress: address,
  localPort: port,
  peerAddress: address,
  peerDeviceId: id.nullable(),
  peerInside: z.boolean(),
  transport: word(TRANSPORTS),
  port,
  opener: word(OPENERS),
  signature: z.string().min(1).max(255),
  severity: z.int().min(1).max(255),
});

/** The occupant of a port used another device's MAC or address there. The subject is the occupant. */
export const addressTakenOver = z.object({
  ...common,
  kind: z.literal('address-taken-over'),
  claimedDeviceId: id,
  claimedMac: mac,
  pointId: id,
  port: z.string(),
});

export const observation = z.discriminatedUnion('kind', [attempt, name, flow, alert, addressTakenOver]);

/** Observations of one device, in batches. The subject is the device that opened; the answering side is a conversation. */
export const observationsReported = cloudEvent(
  'lazaret.observations.reported',
  z.object({ deviceId: id, site: id, realm: id, observations: z.array(observation).min(1).max(500) }),
);
export type ObservationsReported = z.infer<typeof observationsReported>;
export type Observation = z.infer<typeof observation>;
export type Attempt = z.infer<typeof attempt>;
export type AlertRaised = z.infer<typeof alert>;
export type FlowEnded = z.infer<typeof flow>;
export type NameLookUp = z.infer<typeof name>;
export type AddressTakenOver = z.infer<typeof addressTakenOver>;
