/** Where one broker listens and keeps its records. */
export interface BrokerPlace {
  dataDir: string;
  port: number;
  /** The controller's own listener: KRaft needs one even with a single node. */
  controllerPort: number;
}

/**
 * `server.properties` of one Kafka node that is broker and controller (KRaft), on 127.0.0.1 only.
 * Sizes suit a laptop; compression is left to each topic.
 */
export function kafkaProperties({ dataDir, port, controllerPort }: BrokerPlace): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Static voters: a formatted folder then holds neither port nor path and can be copied.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.segment.bytes': 4194304,
    'offsets.retention.minutes': 43200,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.segment.bytes': 4194304,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A broker killed with SIGKILL comes back in about 3 s instead of 11 s: until the old incarnation's
    // session has ended, the controller refuses the new one.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    'log.segment.bytes': 16777216,
    'log.index.size.max.bytes': 524288,
    'log.retention.hours': 168,
    // The cleaner's default buffer of 128 MiB is heap.
    'log.cleaner.dedupe.buffer.size': 4194304,
    'log.cleaner.io.buffer.size': 65536,
    'log.cleaner.backoff.ms': 1000,
    'log.segment.delete.delay.ms': 1000,
    'num.network.threads': 1,
    'num.io.threads': 2,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    'metadata.log.segment.bytes': 8388608,
    // No heartbeat record in the metadata log twice a second.
    'metadata.max.idle.interval.ms': 0,
    'message.max.bytes': 1048588,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Errors only, and the one INFO line that says that the broker serves. */
export const KAFKA_LOGGING = `status=error
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=\${sys:kafka.log:-error}
rootLogger.appenderRef.c.ref=C
logger.started.name=kafka.server.KafkaRaftServer
logger.started.level=info
`;

/** Serial collector and first compiler tier: a third of the processor time at start, no loss at our rates. */
export const JVM_FLAGS = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;
