import './kafkajs-timers.js';
import type { Logger } from '#observability';
import { Kafka, logLevel, type LogEntry, type RetryOptions } from 'kafkajs';

export interface KafkaRequest {
  brokers: string[];
  clientId: string;
  logger: Logger;
  /** Also how long the connection itself is tried, which admin and producer can't set by themselves. */
  retry: RetryOptions;
  /** Called at every line that kafkajs writes: even a client that only fails shows life. */
  onLine?: () => void;
}

/**
 * With few retries a consumer crashes in an outage and comes back as a new member, which waits for the old one's
 * session to end. kafkajs has other defaults under NODE_ENV=test, and a consumer does not inherit the client's
 * `retries`, so this is always given.
 */
export const PATIENT: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 300 };

/** For calls that have a loop of their own around them. */
export const BRIEF: RetryOptions = { initialRetryTime: 50, maxRetryTime: 500, retries: 4 };

/** Normal life of a group, that kafkajs calls errors. */
const NOISE =
  /rebalanc|coordinator|Limiting retries for the idempotent producer|not leader|does not host this topic|Pausing|Resuming/i;

/** The kafkajs client, set so that a dead or frozen broker is seen within seconds. */
export function createKafka({ brokers, clientId, logger, retry, onLine }: KafkaRequest): Kafka {
  return new Kafka({
    brokers,
    clientId,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => {
      onLine?.();
      forward(logger, entry);
    },
  });
}

/** kafkajs's lines under one constant message; its text is a key, as it names brokers and topics, never payloads. */
function forward(logger: Logger, { namespace, level, log }: LogEntry): void {
  const keys = { namespace, detail: log.message, broker: log['broker'] as unknown, groupId: log['groupId'] as unknown };
  if (level === logLevel.INFO || NOISE.test(log.message)) logger.debug(keys, 'kafkajs');
  else if (level === logLevel.WARN || level === logLevel.ERROR) logger.warn(keys, 'kafkajs');
}
