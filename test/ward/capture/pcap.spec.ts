import fc from 'fast-check';
import { readFrame, readPcap } from './pcap.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const ETHERNET = '00163e000010 080006100011';
const SYN = hex(
  `${ETHERNET} 0800 45000028000040004006 0000 0a0a000b 0a0a0001 d431 01bd 00000001 00000000 5002 0400 0000 0000`,
);
const WHO_HAS = hex(`ffffffffffff 080006100011 0806 0001 0800 06 04 0001 080006100011 0a0a000b 000000000000 0a0a000d`);
const SOLICITATION = hex(
  `3333ff100013 080006100011 86dd 60000000 0020 3a ff fe80000000000000 0a0006fffe100011 ff020000000000000000 0001ff100013 87 00 0000 00000000`,
);

function fileOf(frames: [number, number, Buffer][]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt32LE(1, 20);
  const packets = frames.map(([seconds, micros, frame]) => {
    const record = Buffer.alloc(16);
    [seconds, micros, frame.length, frame.length].forEach((word, index) => record.writeUInt32LE(word, index * 4));
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([head, ...packets]);
}

describe('a capture file', () => {
  it('tells of a SYN who sent it, to whom, when', () => {
    expect(readPcap(fileOf([[1_700_000_000, 250_000, SYN]]))).toEqual([
      {
        time: 1_700_000_000_250,
        sourceMac: '08:00:06:10:00:11',
        destinationMac: '00:16:3e:00:00:10',
        etherType: 0x0800,
        protocol: 'tcp',
        source: '10.10.0.11',
        destination: '10.10.0.1',
        sourcePort: 54321,
        destinationPort: 445,
        flags: 'S',
      },
    ]);
  });

  it('tells of an ARP request whom it asks for', () => {
    expect(readFrame(0, WHO_HAS)).toMatchObject({
      protocol: 'arp',
      type: 1,
      source: '10.10.0.11',
      destination: '10.10.0.13',
    });
  });

  it('writes IPv6 addresses in their short form', () => {
    expect(readFrame(0, SOLICITATION)).toMatchObject({
      protocol: 'icmpv6',
      type: 135,
      source: 'fe80::a00:6ff:fe10:11',
      destination: 'ff02::1:ff10:13',
    });
  });

  it('leaves out a last packet that is still being written', () => {
    const file = fileOf([
      [1, 0, SYN],
      [2, 0, WHO_HAS],
    ]);
    expect(readPcap(file.subarray(0, file.length - 1))).toHaveLength(1);
  });

  it('refuses what is no capture', () => {
    expect(() => readPcap(Buffer.alloc(64))).toThrow('not a capture file');
  });

  it('never fails on a frame, however it is cut or made up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 90 }), (bytes) => void readFrame(0, Buffer.from(bytes))),
    );
    for (const frame of [SYN, WHO_HAS, SOLICITATION])
      for (let length = 14; length <= frame.length; length += 1) readFrame(0, frame.subarray(0, length));
  });
});
