import { TOPICS } from '#events';
import { mismatchesOf, topicSettings } from './topics.js';

describe('the settings of the topics', () => {
  it('are there for every topic, with its codec pinned', () => {
    const settings = topicSettings();
    expect(settings.map(({ topic }) => topic).sort()).toEqual([...Object.values(TOPICS)].sort());
    for (const { config, partitions } of settings) {
      expect(config['compression.type']).toBe('uncompressed');
      expect(partitions).toBe(12);
    }
  });

  it('compact what is a state and keep what is a history for its time', () => {
    const of = (topic: string): Record<string, string> =>
      topicSettings().find((one) => one.topic === topic)?.config ?? {};
    expect(of(TOPICS.wanted)).toMatchObject({ 'cleanup.policy': 'compact' });
    expect(of(TOPICS.observations)).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '604800000' });
  });

  it('name what differs in a topic that is there', () => {
    const expected = topicSettings()[0];
    if (!expected) throw new Error('no topic');
    expect(mismatchesOf(expected, { partitions: 12, config: expected.config })).toEqual([]);
    const config = { ...expected.config, 'compression.type': 'producer' };
    expect(mismatchesOf(expected, { partitions: 3, config })).toEqual([
      { topic: expected.topic, setting: 'partitions', expected: '12', found: '3' },
      { topic: expected.topic, setting: 'compression.type', expected: 'uncompressed', found: 'producer' },
    ]);
  });
});
