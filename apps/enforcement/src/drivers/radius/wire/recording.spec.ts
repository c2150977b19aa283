import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageAuthenticator, messageAuthenticatorAt, requestAuthenticator } from './authenticator.js';
import { encodePacket, decodePacket, HEADER } from './packet.js';
import { datagramsOf, type Datagram } from './pcap.fixture.js';
import { signRequest, verifyReply } from './signed.js';

const data = process.env['LAZARET_DATA'] ?? join(process.cwd(), '../shared/data');
const file = join(data, 'nac/radius-pcap/hostapd-freeradius.pcap');
const given = existsSync(file);
if (!given) console.warn(`skipped: no recording at ${file}`);
const datagrams = given ? datagramsOf(readFileSync(file)) : [];

const secretOf = (server: string): Buffer => Buffer.from(server.endsWith(':3799') ? 'coasecret' : 'authsecret');
const isServer = (end: string): boolean => /:(1812|1813|3799)$/.test(end);
/** The matrix has one try with a wrong secret: its request verifies under none that we know. */
const UNVERIFIED_REQUESTS = 1;

/** Each reply beside the request that it answers. */
function exchanges(): { request: Datagram; reply: Datagram; secret: Buffer }[] {
  return datagrams.flatMap((reply, index) => {
    if (!isServer(reply.source) || isServer(reply.destination)) return [];
    const request = datagrams
      .slice(0, index)
      .findLast((one) => one.source === reply.destination && one.payload[1] === reply.payload[1]);
    return request ? [{ request, reply, secret: secretOf(reply.source) }] : [];
  });
}

const described = given ? describe : describe.skip;
described('the recording of hostapd and FreeRADIUS', () => {
  it('has the packets that it says', () => {
    expect(datagrams).toHaveLength(124);
  });

  it('is read, and written again octet by octet', () => {
    for (const { payload } of datagrams) {
      const packet = decodePacket(payload);
      expect(packet && encodePacket(packet)).toEqual(payload);
    }
  });

  it('has the Request Authenticator that we compute in each accounting, Disconnect and CoA request but the wrong one', () => {
    const requests = datagrams.filter(({ payload }) => [4, 40, 43].includes(payload[0]!));
    expect(requests.length).toBeGreaterThan(35);
    const wrong = requests.filter(
      ({ payload, destination }) =>
        !requestAuthenticator(payload, secretOf(destination)).equals(payload.subarray(4, HEADER)),
    );
    expect(wrong).toHaveLength(UNVERIFIED_REQUESTS);
  });

  it('has the Message-Authenticator that we compute in each request that has one, but the wrong one', () => {
    const zero = Buffer.alloc(16);
    const wrong = datagrams.filter(({ payload, destination }) => {
      const at = messageAuthenticatorAt(payload);
      if (![1, 40, 43].includes(payload[0]!) || at === null) return false;
      if (at === 'bad') return true;
      const over = payload[0] === 1 ? payload.subarray(4, HEADER) : zero;
      const ours = messageAuthenticator(payload, over, at, secretOf(destination));
      return !ours.equals(payload.subarray(at, at + 16));
    });
    expect(wrong).toHaveLength(UNVERIFIED_REQUESTS);
  });

  it('R1 is heard in each reply, and hostapd signs as the RFC says', () => {
    const verified = exchanges().map(({ request, reply, secret }) => ({
      dynamic: reply.payload[0]! >= 40,
      verified: verifyReply(reply.payload, request.payload, secret),
    }));
    expect(verified.length).toBeGreaterThan(55);
    expect(verified.filter((one) => !one.verified.ok)).toEqual([]);
    const signatures = verified.flatMap(({ dynamic, verified: one }) => (dynamic && one.ok ? [one.signature] : []));
    expect(new Set(signatures)).toEqual(new Set(['message-authenticator']));
  });

  it('R5 is not heard under another secret, or beside another request', () => {
    const [first, second] = exchanges().filter(({ reply }) => reply.payload[0]! >= 40);
    const { request, reply, secret } = first!;
    expect(verifyReply(reply.payload, request.payload, Buffer.from('other'))).toEqual({
      ok: false,
      reason: 'response-authenticator',
    });
    expect(verifyReply(reply.payload, second!.request.payload, secret).ok).toBe(false);
  });

  it('is signed by us to the same octets, where the Message-Authenticator stands last', () => {
    let same = 0;
    for (const { payload, destination } of datagrams.filter(({ payload: { 0: code } }) => [40, 43].includes(code!))) {
      const { code, identifier, attributes } = decodePacket(payload)!;
      if (attributes.at(-1)?.type !== 80) continue;
      const plain = attributes.slice(0, -1);
      const again = signRequest(
        { code, identifier, attributes: plain, messageAuthenticator: true },
        secretOf(destination),
      );
      if (again.equals(payload)) same++;
    }
    expect(same).toBeGreaterThan(15);
  });

  it("is what tshark reads too: codes, identifiers and attributes' numbers", () => {
    const fields = ['-e', 'radius.code', '-e', 'radius.id', '-e', 'radius.avp.type'];
    let told: string;
    try {
      told = execFileSync('tshark', ['-r', file, '-d', 'udp.port==3799,radius', '-T', 'fields', ...fields], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      console.warn('skipped: no tshark');
      return;
    }
    const ours = datagrams.map(({ payload }) => {
      const { code, identifier, attributes } = decodePacket(payload)!;
      return `${code}\t${identifier}\t${attributes.map(({ type }) => type).join(',')}`;
    });
    expect(
      told
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual(ours.map((line) => line.trimEnd()));
  });
});
