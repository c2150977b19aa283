import { copyFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { DriverError } from '#driver';
import { NacClient, type NacRequest } from './nac.client.js';
import { HttpsPeer, type Handler, type PeerRequest } from './testing/https-peer.client.js';
import { newTlsIdentity, type TlsIdentity } from './testing/tls-identity.client.js';

const write: NacRequest = { method: 'PUT', path: '/thing', json: { on: true }, expect: [200] };
const read: NacRequest = { method: 'GET', path: '/thing', expect: [200] };

describe('the client of a NAC, against a TLS server', () => {
  let identity: TlsIdentity;
  let peer: HttpsPeer;
  let handle: Handler;
  let seen: PeerRequest[];
  const clients: NacClient[] = [];

  beforeAll(() => {
    identity = newTlsIdentity();
  });

  afterAll(() => identity.remove());

  beforeEach(async () => {
    seen = [];
    handle = async () => ({ status: 200, body: '{"ok":true}' });
    peer = await new HttpsPeer(identity, (request) => {
      seen.push(request);
      return handle(request);
    }).listen();
  });

  afterEach(async () => {
    clients.splice(0).forEach((client) => client.close());
    await peer.close();
  });

  const newClient = (changes: Partial<ConstructorParameters<typeof NacClient>[0]> = {}): NacClient => {
    const client = new NacClient({ baseUrl: peer.url, timeoutMs: 400, caFile: identity.caFile, ...changes });
    clients.push(client);
    return client;
  };

  it('sends JSON and its headers, and gives status, headers and text back', async () => {
    handle = async () => ({ status: 200, body: '{"ok":true}', headers: { 'X-Thing': 'a' } });
    const client = newClient({ headers: async () => ({ Authorization: 'token-1' }) });
    const answer = await client.request({ ...write, headers: { 'X-More': 'b' } });
    expect(answer.json()).toEqual({ ok: true });
    expect(answer.headers.get('x-thing')).toBe('a');
    expect(seen[0]).toMatchObject({ method: 'PUT', path: '/thing', text: '{"on":true}' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'token-1',
      'x-more': 'b',
      'content-type': 'application/json',
    });
  });

  it('sends a body of another type as it is', async () => {
    await newClient().request({
      method: 'POST',
      path: '/x',
      body: '<a/>',
      contentType: 'application/xml',
      expect: [200],
    });
    expect(seen[0]).toMatchObject({ text: '<a/>' });
    expect(seen[0]?.headers['content-type']).toBe('application/xml');
  });

  it('asks for its headers at each request, so that a rotated secret holds at once', async () => {
    let secret = 'old';
    const client = newClient({ headers: async () => ({ Authorization: secret }) });
    await client.request(read);
    secret = 'new';
    await client.request(read);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['old', 'new']);
  });

  it('calls a refused connection, a name that is unknown and a silent handshake unreachable, for a write too', async () => {
    await expect(newClient({ baseUrl: 'https://127.0.0.1:1' }).request(write)).rejects.toMatchObject({
      code: 'unreachable',
    });
    const nowhere = newClient({ baseUrl: 'https://nowhere.invalid', timeoutMs: 5000 });
    await expect(nowhere.request(write)).rejects.toMatchObject({ code: 'unreachable' });
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const toMute = newClient({ baseUrl: `https://127.0.0.1:${(mute.address() as AddressInfo).port}` });
    await expect(toMute.request(write)).rejects.toMatchObject({ code: 'unreachable' });
    mute.close();
  });

  it('sends nothing to a peer whose certificate nobody has vouched for, or that is for another name', async () => {
    await expect(newClient({ caFile: null }).request(write)).rejects.toMatchObject({ code: 'unreachable' });
    const other = newTlsIdentity('DNS:other.example');
    const impostor = await new HttpsPeer(other, async () => ({ status: 200, body: '{}' })).listen();
    const client = newClient({ baseUrl: impostor.url, caFile: other.caFile });
    await expect(client.request(write)).rejects.toMatchObject({ code: 'unreachable' });
    await impostor.close();
    other.remove();
    expect(seen).toEqual([]);
  });

  it('reads the CA file at each request, and names it when it is not there', async () => {
    const caFile = `${identity.folder}/rotated.pem`;
    const client = newClient({ caFile });
    await expect(client.request(read)).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining(caFile),
    });
    copyFileSync(identity.caFile, caFile);
    await expect(client.request(read)).resolves.toMatchObject({ status: 200 });
  });

  it.each(['silent', 'cut'] as const)(
    'calls a write that was sent and not answered (%s) ambiguous, a read not',
    async (how) => {
      handle = async () => how;
      const lost = await newClient()
        .request(write)
        .catch((error: unknown) => error);
      expect(lost).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
      await expect(newClient().request(read)).rejects.toMatchObject({ code: 'unreachable', retry: 'transient' });
      await expect(newClient().request({ ...read, changes: true })).rejects.toMatchObject({ code: 'no-answer' });
      await expect(newClient().request({ ...write, changes: false })).rejects.toMatchObject({ code: 'unreachable' });
    },
  );

  it('sends a write once, whatever becomes of it', async () => {
    handle = async () => 'cut';
    await newClient()
      .request(write)
      .catch(() => undefined);
    expect(seen).toHaveLength(1);
  });

  it('asks a read again whose idle connection the peer had closed', async () => {
    const client = newClient();
    await client.request(read);
    handle = async () => (seen.length === 2 ? 'cut' : { status: 200, body: '{}' });
    await expect(client.request(read)).resolves.toMatchObject({ status: 200 });
    expect(seen).toHaveLength(3);
  });

  it.each([
    [403, 'refused'],
    [500, 'refused'],
    [302, 'refused'],
    [401, 'misconfigured'],
    [429, 'unreachable'],
    [503, 'unreachable'],
    [504, 'no-answer'],
  ] as const)('calls status %i to a write %s, in the words of the answer', async (status, code) => {
    handle = async () => ({ status, body: '{"message":"not so"}', headers: { Location: '/elsewhere' } });
    const error = await newClient()
      .request(write)
      .catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(DriverError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(new RegExp(`${status}.*not so`)) });
    expect(seen).toHaveLength(1);
  });

  it('shows no secret that the peer sends back', async () => {
    handle = async ({ headers, text }) => ({ status: 400, body: `${headers.authorization} ${text}` });
    const client = newClient({ headers: async () => ({ Authorization: 'Bearer top-secret' }) });
    const request = client.request({ ...write, json: { password: 'pa55' }, secrets: ['pa55'] });
    const error = (await request.catch((fault: unknown) => fault)) as Error;
    expect(error.message).not.toMatch(/top-secret|pa55/);
  });

  it('calls an answer that is not JSON bad only when it is read as such', async () => {
    handle = async () => ({ status: 200, body: '<login/>' });
    const answer = await newClient().request(read);
    expect(() => answer.json()).toThrow(expect.objectContaining({ code: 'bad-answer' }));
  });

  it('takes no answer without end', async () => {
    handle = async () => ({ status: 200, body: 'x'.repeat(9 * 1024 * 1024) });
    await expect(newClient({ timeoutMs: 5000 }).request(read)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
