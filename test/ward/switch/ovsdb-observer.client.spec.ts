import fc from 'fast-check';
import { splitMessages } from './ovsdb-observer.client.js';

describe('the stream of the switch database', () => {
  it('is cut into its messages wherever the network cut it, whatever the strings hold', () => {
    const message = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constantFrom('{', '}', '"', '\\"}', '\\')));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.nat(), (messages, at) => {
        const stream = messages.map((one) => JSON.stringify(one)).join('');
        const cut = stream.length ? at % stream.length : 0;
        const first = splitMessages(stream.slice(0, cut));
        const second = splitMessages(first.rest + stream.slice(cut));
        expect([...first.messages, ...second.messages].map((one) => JSON.parse(one) as unknown)).toEqual(messages);
        expect(second.rest).toBe('');
      }),
    );
  });
});
