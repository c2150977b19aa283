/** DHCP messages (RFC 2131, options RFC 2132), only what the ward's client says and hears. */

export const DhcpKind = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6 } as const;
export type DhcpKind = (typeof DhcpKind)[keyof typeof DhcpKind];

const COOKIE = 0x63825363;
const OPTION = {
  mask: 1,
  router: 3,
  hostName: 12,
  requested: 50,
  lease: 51,
  kind: 53,
  server: 54,
  wants: 55,
  end: 255,
};

export interface DhcpQuestion {
  kind: DhcpKind;
  transaction: number;
  mac: string;
  hostName: string;
  /** Asked for in a request that follows an offer. */
  requested?: string;
  server?: string;
  /** Held already: a renewal, sent from that address. */
  client?: string;
}

export interface DhcpAnswer {
  kind: number;
  transaction: number;
  address: string;
  server: string;
  router: string | undefined;
  /** Seconds. */
  lease: number;
}

export function encodeQuestion(question: DhcpQuestion): Buffer {
  const head = Buffer.alloc(240);
  head.set([1, 1, 6, 0]);
  head.writeUInt32BE(question.transaction, 4);
  // The broadcast bit: without an address the client can't take a unicast answer.
  if (!question.client) head.writeUInt16BE(0x8000, 10);
  if (question.client) head.set(addressBytes(question.client), 12);
  head.set(Buffer.from(question.mac.replaceAll(':', ''), 'hex'), 28);
  head.writeUInt32BE(COOKIE, 236);
  const options: [number, Buffer | number[]][] = [
    [OPTION.kind, [question.kind]],
    [OPTION.hostName, Buffer.from(question.hostName)],
    [OPTION.wants, [OPTION.mask, OPTION.router, 6, OPTION.lease]],
  ];
  if (question.requested) options.push([OPTION.requested, addressBytes(question.requested)]);
  if (question.server) options.push([OPTION.server, addressBytes(question.server)]);
  const body = options.flatMap(([code, value]) => [code, value.length, ...value]);
  return Buffer.concat([head, Buffer.from([...body, OPTION.end])]);
}

/** The answer, or undefined for what is no DHCP reply. */
export function decodeAnswer(message: Buffer): DhcpAnswer | undefined {
  if (message.length < 241 || message[0] !== 2 || message.readUInt32BE(236) !== COOKIE) return undefined;
  const options = new Map<number, Buffer>();
  for (let at = 240; at + 1 < message.length && message[at] !== OPTION.end;) {
    const code = message[at] ?? 0;
    if (code === 0) {
      at += 1;
      continue;
    }
    const length = message[at + 1] ?? 0;
    options.set(code, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const lease = options.get(OPTION.lease);
  return {
    kind: options.get(OPTION.kind)?.[0] ?? 0,
    transaction: message.readUInt32BE(4),
    address: message.subarray(16, 20).join('.'),
    server: options.get(OPTION.server)?.join('.') ?? '',
    router: options.get(OPTION.router)?.subarray(0, 4).join('.'),
    lease: lease && lease.length === 4 ? lease.readUInt32BE(0) : 0,
  };
}

function addressBytes(address: string): number[] {
  return address.split('.').map(Number);
}
