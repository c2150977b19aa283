import type { Admin } from 'kafkajs';
import { keyOf, type LogBounds } from './claim.js';
import { hasCode, MessagingError } from './errors.js';
import { inWords } from './failure.js';

/** The bounds of every partition of the topics, by `topic/partition`. Throws `topic-missing`. */
export async function readLogBounds(admin: Admin, topics: readonly string[]): Promise<Map<string, LogBounds>> {
  const bounds = new Map<string, LogBounds>();
  const answers = await Promise.all(topics.map((topic) => boundsOf(admin, topic)));
  for (const { topic, partitions } of answers) {
    for (const { partition, low, high } of partitions) {
      bounds.set(keyOf({ topic, partition }), { low: BigInt(low), high: BigInt(high) });
    }
  }
  return bounds;
}

async function boundsOf(admin: Admin, topic: string): Promise<{ topic: string; partitions: Bounds[] }> {
  try {
    return { topic, partitions: await admin.fetchTopicOffsets(topic) };
  } catch (error) {
    if ((error as { type?: string }).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new MessagingError('topic-missing', `the topic ${topic} does not exist: make the topics first`, {
      cause: error,
    });
  }
}

interface Bounds {
  partition: number;
  low: string;
  high: string;
}

/** Connects and reads the bounds. A broker that is not there yet is waited for, `patienceMs` long; a missing topic is not. */
export async function waitForLogBounds(
  admin: Admin,
  topics: readonly string[],
  patienceMs: number,
): Promise<Map<string, LogBounds>> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      await admin.connect();
      return await readLogBounds(admin, topics);
    } catch (error) {
      if (hasCode(error, 'topic-missing')) throw error;
      if (performance.now() > until) throw new MessagingError('broker-unreachable', inWords(error), { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
