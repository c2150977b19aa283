import { DhcpKind, decodeAnswer, encodeQuestion } from './dhcp-message.js';

function offer(options: number[]): Buffer {
  const head = Buffer.alloc(240);
  head[0] = 2;
  head.writeUInt32BE(77, 4);
  head.set([10, 30, 0, 100], 16);
  head.writeUInt32BE(0x63825363, 236);
  return Buffer.concat([head, Buffer.from(options)]);
}

describe('DHCP messages', () => {
  it('ask for a broadcast answer only while there is no address', () => {
    const question = { kind: DhcpKind.discover, transaction: 77, mac: '00:16:3e:30:00:21', hostName: 'ws' };
    expect(encodeQuestion(question).readUInt16BE(10)).toBe(0x8000);
    const renewal = encodeQuestion({ ...question, kind: DhcpKind.request, client: '10.30.0.100' });
    expect(renewal.readUInt16BE(10)).toBe(0);
    expect([...renewal.subarray(12, 16)]).toEqual([10, 30, 0, 100]);
  });

  it('are read with pads between the options', () => {
    const answer = decodeAnswer(
      offer([0, 53, 1, 2, 0, 54, 4, 10, 20, 0, 53, 3, 4, 10, 30, 0, 1, 51, 4, 0, 0, 2, 88, 255]),
    );
    expect(answer).toEqual({
      kind: 2,
      transaction: 77,
      address: '10.30.0.100',
      server: '10.20.0.53',
      router: '10.30.0.1',
      lease: 600,
    });
  });

  it('are no answer when cut short or when they are a question', () => {
    expect(decodeAnswer(offer([]).subarray(0, 200))).toBeUndefined();
    expect(
      decodeAnswer(
        encodeQuestion({ kind: DhcpKind.discover, transaction: 1, mac: '00:16:3e:30:00:21', hostName: 'ws' }),
      ),
    ).toBeUndefined();
  });
});
