import { Parser } from '@asyncapi/parser';
import { asyncApiDocument } from './documents.js';
import { PARTITIONS, TOPICS, typesOf } from './topics.js';

/** Severities of the parser: 0 is an error, 1 a warning. What is left are hints. */
const WARNING = 1;

describe('the AsyncAPI document', () => {
  const text = JSON.stringify(asyncApiDocument('1.2.3'));

  it('is valid by the parser of the AsyncAPI project, without a warning', async () => {
    const remarks = await new Parser().validate(text);
    expect(remarks.filter(({ severity }) => Number(severity) <= WARNING)).toEqual([]);
    // 3.0 is what tools read; 3.1 adds nothing that is used here.
    expect(remarks.map(({ code }) => code)).toEqual(['asyncapi-latest-version']);
  });

  it('says to a program which topic carries which messages, by which key', async () => {
    const { document } = await new Parser().parse(text);
    const channels = document?.channels().all() ?? [];
    const said = Object.fromEntries(
      channels.map((channel) => [
        channel.address(),
        channel
          .messages()
          .all()
          .map((message) => message.name()),
      ]),
    );
    expect(said).toEqual(Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, typesOf(topic)])));
    for (const channel of channels) {
      expect(channel.bindings().get('kafka')?.value()).toMatchObject({ partitions: PARTITIONS });
      for (const message of channel.messages().all()) {
        expect(message.contentType()).toBe('application/cloudevents+json');
        expect(message.bindings().get('kafka')?.value()).toMatchObject({ key: { type: 'string' } });
        const payload = message.payload();
        for (const one of payload?.oneOf() ?? [payload]) expect(one?.properties()).toHaveProperty('partitionkey');
      }
    }
  });

  it('is seen to be wrong where a message has no schema', async () => {
    const broken = text.replace('#/components/schemas/lazaret.quarantine.v1', '#/components/schemas/nowhere');
    const remarks = await new Parser().validate(broken);
    expect(remarks.filter(({ severity }) => Number(severity) === 0).length).toBeGreaterThan(0);
  });
});
