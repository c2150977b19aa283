import { PARTITIONS, topicRules, type Topic, type TopicRule } from '#events';

/** How a topic is made. */
export interface TopicSettings {
  topic: string;
  partitions: number;
  config: Record<string, string>;
}

/**
 * The settings of every topic of `#events`.
 * `compression.type` is pinned, as a batch in a codec that kafkajs does not have ends its consumer for good; the broker
 * then repacks what foreign producers send. `uncompressed`, because repacking ours would cost time on the way to the
 * switch. Times are the broker's, as it refuses records of a producer whose clock is an hour ahead.
 */
export function topicSettings(): TopicSettings[] {
  return Object.entries(topicRules).map(([topic, rule]) => settingsOf(topic as Topic, rule));
}

function settingsOf(topic: string, { kept }: TopicRule): TopicSettings {
  const retention =
    kept === 'compacted'
      ? { 'cleanup.policy': 'compact', 'retention.ms': '-1' }
      : { 'cleanup.policy': 'delete', 'retention.ms': String(kept.retentionMs) };
  return {
    topic,
    partitions: PARTITIONS,
    config: {
      ...retention,
      'compression.type': 'uncompressed',
      'max.message.bytes': '1048588',
      'message.timestamp.type': 'LogAppendTime',
    },
  };
}

export interface TopicMismatch {
  topic: string;
  /** `partitions`, or the name of a setting. */
  setting: string;
  expected: string;
  found: string;
}

/** Where an existing topic differs in what matters to us: order (partitions), keeping, codec. */
export function mismatchesOf(
  expected: TopicSettings,
  found: { partitions: number; config: Readonly<Record<string, string>> },
): TopicMismatch[] {
  const compared = {
    partitions: [String(expected.partitions), String(found.partitions)],
    ...Object.fromEntries(
      ['cleanup.policy', 'retention.ms', 'compression.type'].map((name) => [
        name,
        [expected.config[name] ?? '', found.config[name] ?? ''],
      ]),
    ),
  };
  return Object.entries(compared).flatMap(([setting, [wanted = '', actual = '']]) =>
    wanted === actual ? [] : [{ topic: expected.topic, setting, expected: wanted, found: actual }],
  );
}
