import { z } from 'zod';
import { id, time } from './words.js';

/**
 * A CloudEvent 1.0 in structured mode (https://github.com/cloudevents/spec, JSON format). `partitionkey` is the
 * Partitioning extension and the Kafka key. `data` is flat: scalars and arrays of flat objects, so that a rulebook
 * matches on it without a look-up. Unknown fields are ignored by readers.
 */
export function cloudEvent<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.object({
    specversion: z.literal('1.0'),
    id,
    source: z.enum(['/discovery', '/risk-scoring', '/orchestrator', '/enforcement']),
    type: z.literal(type),
    subject: z.string().min(1).max(512),
    time,
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    partitionkey: z.string().min(1).max(512),
    simulated: z.boolean(),
    data,
  });
}
