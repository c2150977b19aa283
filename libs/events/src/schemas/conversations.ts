import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { OPENERS, address, count, id, mac, port, time, word } from '../words.js';

/**
 * What moved between the device and one peer in a window. Counts are as observed at the device's own port, one in
 * `sampledOneIn`; `framesBeyond` left the switch at another port beyond our rule; `deniedOut/In` met our deny line.
 * `transport` is `tcp`, `udp`, `icmp` or the IP protocol number; null for a frame that is not IP.
 */
export const conversation = z.object({
  mac,
  peerAddress: address.nullable(),
  peerDeviceId: id.nullable(),
  peerInside: z.boolean(),
  etherType: z.int().min(0).max(65535),
  transport: z.string().nullable(),
  port: port.nullable(),
  opener: word(OPENERS),
  windowFrom: time,
  windowTo: time,
  sampledOneIn: z.int().min(1),
  framesOut: count,
  framesIn: count,
  octetsOut: count,
  octetsIn: count,
  framesBeyond: count,
  deniedOut: count,
  deniedIn: count,
  firstSeen: time,
  lastSeen: time,
});

/** Conversations of a device by one sensor: first sight and denied frames at once, then every second while it moves. */
export const conversationsSeen = cloudEvent(
  'lazaret.conversations.seen',
  z.object({
    deviceId: id,
    sensorId: id,
    observedUntil: time,
    conversations: z.array(conversation).max(500),
  }),
);
export type ConversationsSeen = z.infer<typeof conversationsSeen>;
export type Conversation = z.infer<typeof conversation>;
