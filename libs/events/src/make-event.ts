import { newId } from './ids.js';
import { topicOf, type LazaretEvent } from './topics.js';

/** What a service says of an event; the rest of the CloudEvent follows from it. */
export type EventInput<E extends LazaretEvent = LazaretEvent> = E extends LazaretEvent
  ? Pick<E, 'type' | 'source' | 'subject' | 'data'> & {
      time: Date;
      id?: string;
      partitionKey?: string;
      simulated?: boolean;
    }
  : never;

/**
 * A CloudEvent of the type named. `time` is when it happened. The Kafka key is `partitionKey`, or the subject. Nothing
 * is validated here: the compiler checks the shape, readers check the message.
 */
export function makeEvent<I extends EventInput>(input: I): Extract<LazaretEvent, { type: I['type'] }> {
  return {
    specversion: '1.0',
    id: input.id ?? newId(),
    source: input.source,
    type: input.type,
    subject: input.subject,
    time: input.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `/schemas/${schemaName(input.type)}.json`,
    partitionkey: input.partitionKey ?? input.subject,
    simulated: input.simulated ?? false,
    data: input.data,
  } as unknown as Extract<LazaretEvent, { type: I['type'] }>;
}

/** The name of an event type's JSON Schema. All quarantine types share one. */
export function schemaName(type: LazaretEvent['type']): string {
  const shared = type.startsWith('lazaret.quarantine.') ? 'lazaret.quarantine' : type;
  return `${shared}.${topicOf(type).split('.').at(-1)}`;
}
