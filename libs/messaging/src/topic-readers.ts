import { topicRules, topicSchemas, typesOf, type Topic } from '#events';
import type { z } from 'zod';
import type { TopicReader } from './decode.js';
import { MessagingError } from './errors.js';

/** Topics and how to read them, where they are not those of `#events`: for tests and for tools. */
export type TopicSchemas = Readonly<Record<string, z.ZodType>>;

/** How to read a topic of `#events`, or one of the schemas given. Throws `topic-unknown`. */
export function readerOf(topic: string, schemas?: TopicSchemas): TopicReader {
  const given = schemas?.[topic];
  if (given) return { schema: given, types: typesIn(given), compacted: false };
  if (!isTopic(topic)) throw new MessagingError('topic-unknown', `no schema is known for the topic ${topic}`);
  return {
    schema: topicSchemas[topic],
    types: new Set<string>(typesOf(topic)),
    compacted: topicRules[topic].kept === 'compacted',
  };
}

function isTopic(topic: string): topic is Topic {
  return topic in topicSchemas;
}

/** The literal `type`s of a schema or of a union's options; null if it has none. */
function typesIn(schema: z.ZodType): ReadonlySet<string> | null {
  const options = 'options' in schema && Array.isArray(schema.options) ? (schema.options as unknown[]) : [schema];
  const types = options.map((option) => (option as { shape?: { type?: { value?: unknown } } }).shape?.type?.value);
  const known = types.filter((type) => typeof type === 'string');
  return known.length === options.length ? new Set(known) : null;
}
