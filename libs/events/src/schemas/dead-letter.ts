import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import { count, offset } from '../words.js';

/** A message that could not be handled, kept whole with its reason. The subject is TOPIC/PARTITION/OFFSET. */
export const deadLetterKept = cloudEvent(
  'lazaret.dead-letter.kept',
  z.object({
    topic: z.string(),
    partition: count,
    offset,
    consumer: z.string(),
    code: z.string(),
    reason: z.string(),
    valueBase64: z.string().nullable(),
    valueSha256: z.string().nullable(),
    headers: z.array(z.object({ key: z.string(), valueBase64: z.string() })),
    attempts: count,
  }),
);
export type DeadLetterKept = z.infer<typeof deadLetterKept>;
