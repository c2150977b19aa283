import { fromEnvironment } from '#config';
import { createTopics } from './topics.client.js';

/** `KAFKA_BROKERS=host:port,… node dist/libs/messaging/src/create-topics.js`: makes the topics, prints a report as JSON. */
const brokers = fromEnvironment('KAFKA_BROKERS');
if (!brokers) {
  process.stderr.write('KAFKA_BROKERS is not set: host:port, comma separated\n');
  process.exitCode = 2;
} else {
  process.stdout.write(`${JSON.stringify(await createTopics(brokers.split(',')))}\n`);
}
