import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import {
  ON_CLINICAL_BROKEN,
  OPENERS,
  PLAN_MODES,
  SERVICES,
  TRANSPORTS,
  address,
  count,
  digest,
  id,
  mac,
  port,
  time,
  word,
} from '../words.js';

/** One flow of the contract, resolved to addresses, that stays open in quarantine. */
export const permit = z.object({
  flowId: id,
  service: word(SERVICES),
  deviceAddress: address,
  peerAddress: address,
  transport: word(TRANSPORTS),
  port,
  opener: word(OPENERS),
  required: z.boolean(),
});

const wanted = {
  deviceId: id,
  quarantineId: id,
  epoch: count,
  generation: count,
  frozen: z.boolean(),
  policyVersion: digest,
  requireQuarantineVlan: z.boolean(),
  maxInterruptionMs: count,
  onClinicalBroken: word(ON_CLINICAL_BROKEN),
  macs: z.array(mac),
  permits: z.array(permit),
};

/** Asks for a plan and touches nothing. Key: DEVICE/preview, so that it never hides an isolation. */
export const wantedPreview = cloudEvent('lazaret.wanted.preview', z.object({ ...wanted, mode: z.literal('preview') }));

/** The wanted state of a device's network access. `release`: our overlay goes, with empty permits. Key: DEVICE. */
export const wantedIsolation = cloudEvent(
  'lazaret.wanted.isolation',
  z.object({ ...wanted, mode: z.enum(['apply', 'release']), planDigest: digest.nullable() }),
);

/**
 * Asks for a drill of a point, once: no wanted state, so it is carried out by its id at most once and not after
 * `expiresAt`, however often it is read again. Key: point/ID/drill. Without `port` and `mac` only the harmless part is
 * done. `mode`: the one to measure; null: the one that a plan would take.
 */
export const wantedDrill = cloudEvent(
  'lazaret.wanted.drill',
  z.object({
    drillId: id,
    pointId: id,
    requestedBy: z.string(),
    requestedAt: time,
    expiresAt: time,
    port: z.string().nullable(),
    mac: mac.nullable(),
    mode: word(PLAN_MODES).nullable(),
  }),
);
export type WantedDrill = z.infer<typeof wantedDrill>;
export type WantedPreview = z.infer<typeof wantedPreview>;
export type WantedIsolation = z.infer<typeof wantedIsolation>;
export type Permit = z.infer<typeof permit>;
