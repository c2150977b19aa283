import { Kafka, logLevel } from 'kafkajs';

/**
 * Before each spec file: the product's topics are taken away, so that what one file published is not read by the
 * services of the next from the beginning. Only on a broker that the set-up has started: on one that somebody named,
 * nothing is deleted.
 */
beforeAll(async () => {
  if (process.env['LAZARET_TEST_BROKER'] !== 'ours') return;
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
  const retry = { initialRetryTime: 50, retries: 20 };
  const admin = new Kafka({ brokers, clientId: 'fresh-topics', logLevel: logLevel.NOTHING, retry }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('lazaret.'));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}, 60_000);
