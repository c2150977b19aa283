import { createLogger, type Logger } from '#observability';
import kafkajs, { type Admin } from 'kafkajs';
import { MessagingError } from './errors.js';
import { createKafka, PATIENT } from './kafka.client.js';
import { mismatchesOf, topicSettings, type TopicMismatch, type TopicSettings } from './topics.js';

// Node finds only some of kafkajs's exports by name (CommonJS); Jest would find all.
const { ConfigResourceTypes, KafkaJSAggregateError } = kafkajs;

const READY_MS = 30_000;

export interface TopicsReport {
  created: string[];
  existing: string[];
  /** Existing topics that differ from what we would make; they are left alone. */
  mismatches: TopicMismatch[];
}

/**
 * Makes the topics that are missing, in one request, and compares the others. With three brokers or more each partition
 * has three replicas, of which two must have a record before it counts as acknowledged.
 */
export async function createTopics(
  brokers: string[],
  { logger = createLogger('messaging', 'warn'), settings = topicSettings() }: CreateTopicsOptions = {},
): Promise<TopicsReport> {
  const retry = { ...PATIENT, retries: 30 };
  const kafka = createKafka({ brokers, clientId: 'lazaret-topics', logger, retry });
  const admin = kafka.admin({ retry });
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = settings.filter(({ topic }) => !known.has(topic));
    if (missing.length > 0) await makeTopics(admin, missing);
    const existing = settings.filter(({ topic }) => known.has(topic));
    return {
      created: missing.map(({ topic }) => topic),
      existing: existing.map(({ topic }) => topic),
      mismatches: existing.length > 0 ? await compare(admin, existing) : [],
    };
  } finally {
    await admin.disconnect();
  }
}

export interface CreateTopicsOptions {
  logger?: Logger;
  settings?: TopicSettings[];
}

async function makeTopics(admin: Admin, topics: readonly TopicSettings[]): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = brokers.length >= 3 ? 3 : 1;
  const replicas = replicationFactor === 3 ? { 'min.insync.replicas': '2' } : {};
  try {
    await admin.createTopics({
      waitForLeaders: false, // kafkajs gives up at the first broker that has not heard of the topic yet
      topics: topics.map(({ topic, partitions, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries({ ...config, ...replicas }).map(([name, value]) => ({ name, value })),
      })),
    });
  } catch (error) {
    if (!isRace(error)) throw error;
  }
  await waitForTopics(
    admin,
    topics.map(({ topic }) => topic),
  );
}

/** Until every partition of the topics has a leader that knows it is one, half a minute at most. */
export async function waitForTopics(admin: Admin, names: string[]): Promise<void> {
  const until = performance.now() + READY_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      if (topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) {
        await Promise.all(names.map((name) => admin.fetchTopicOffsets(name)));
        return;
      }
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    if (performance.now() > until) throw new MessagingError('topic-missing', 'partitions have no leader');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Another made them between our look and our request. */
function isRace(error: unknown): boolean {
  if (!(error instanceof KafkaJSAggregateError)) return false;
  return error.errors.every(
    (part) => typeof part === 'object' && 'type' in part && part.type === 'TOPIC_ALREADY_EXISTS',
  );
}

async function compare(admin: Admin, topics: readonly TopicSettings[]): Promise<TopicMismatch[]> {
  const names = topics.map(({ topic }) => topic);
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });
  return topics.flatMap((expected) => {
    const found = resources.find(({ resourceName }) => resourceName === expected.topic)?.configEntries ?? [];
    const config = Object.fromEntries(found.map(({ configName, configValue }) => [configName, configValue]));
    const partitions = metadata.find(({ name }) => name === expected.topic)?.partitions.length ?? 0;
    return mismatchesOf(expected, { partitions, config });
  });
}
