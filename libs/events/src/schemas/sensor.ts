import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { count, id, time } from '../words.js';

/** A sensor's identity and health, every 2 s. `observedUntil` moves with a record or an answered keep-alive. */
export const sensorReported = cloudEvent(
  'lazaret.sensor.reported',
  z.object({
    sensorId: id,
    kind: id,
    site: id,
    trustDomain: id,
    authenticated: z.boolean(),
    authenticatedBy: z.string().nullable(),
    covers: z.array(z.string()),
    lastRecordAt: time.nullable(),
    observedUntil: time.nullable(),
    clockOffsetMs: z.number(),
    recordsPerSecond: z.number(),
    lost: count,
    droppedBySocket: count,
    parseFailures: count,
    problems: z.array(z.string()),
  }),
);
export type SensorReported = z.infer<typeof sensorReported>;
