import { z } from 'zod';
import { schemaName } from './make-event.js';
import { PARTITIONS, TOPICS, topicRules, topicSchemas, typesOf, type EventType, type Topic } from './topics.js';

type Json = Record<string, unknown>;

/** The JSON Schemas (draft 2020-12) of all events, by the name that `dataschema` carries. */
export function jsonSchemas(): Record<string, Json> {
  const named = Object.values(TOPICS).flatMap((topic) =>
    typesOf(topic).map((type) => [schemaName(type), topic, type] as const),
  );
  return Object.fromEntries(named.map(([name, topic, type]) => [name, eventSchema(name, topic, type)]));
}

function eventSchema(name: string, topic: Topic, type: EventType): Json {
  const schema = topicSchemas[topic];
  const shared = name !== `${type}.v1`;
  const one = shared ? schema : 'options' in schema ? schema.options.find((o) => o.shape.type.value === type) : schema;
  if (!one) throw new Error(`no schema for ${type}`);
  return { $id: `/schemas/${name}.json`, ...z.toJSONSchema(one, { io: 'input' }) };
}

/** The AsyncAPI 3.0 document of all topics (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export function asyncApiDocument(version: string): Json {
  const topics = Object.entries(TOPICS);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lazaret events',
      version,
      description:
        'What the four services tell each other and automation. Structured CloudEvents 1.0; the Kafka key is `partitionkey`.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map(([key, topic]) => [key, channel(topic)])),
    operations: Object.fromEntries(topics.flatMap(([key, topic]) => operations(key, topic))),
    components: { schemas: jsonSchemas(), messages: messages() },
  };
}

function channel(topic: Topic): Json {
  const { kept } = topicRules[topic];
  const configuration =
    kept === 'compacted'
      ? { 'cleanup.policy': ['compact'] }
      : { 'cleanup.policy': ['delete'], 'retention.ms': kept.retentionMs };
  return {
    address: topic,
    messages: Object.fromEntries(typesOf(topic).map((type) => [type, { $ref: `#/components/messages/${type}` }])),
    bindings: { kafka: { topic, partitions: PARTITIONS, topicConfiguration: configuration, bindingVersion: '0.5.0' } },
  };
}

function operations(key: string, topic: Topic): [string, Json][] {
  const { writers, readers } = topicRules[topic];
  const operation = (action: 'send' | 'receive', who: string): [string, Json] => [
    `${who}.${action}.${key}`,
    { action, channel: { $ref: `#/channels/${key}` }, tags: [{ name: who }] },
  ];
  return [...writers.map((who) => operation('send', who)), ...readers.map((who) => operation('receive', who))];
}

function messages(): Json {
  const types = Object.values(TOPICS).flatMap(typesOf);
  return Object.fromEntries(types.map((type) => [type, message(type)]));
}

function message(type: EventType): Json {
  const key = { type: 'string', description: 'The event’s `partitionkey`' };
  return {
    name: type,
    contentType: 'application/cloudevents+json',
    payload: { $ref: `#/components/schemas/${schemaName(type)}` },
    bindings: { kafka: { key, bindingVersion: '0.5.0' } },
  };
}
