import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentProber } from './agent-prober.client.js';
import type { ProbeAttempt } from './probe.js';
import { ProbeAgent } from './probe-agent.client.js';
import { TcpProber } from './tcp-prober.client.js';

const folder = mkdtempSync(join(tmpdir(), 'lazaret-agent-'));
const socket = join(folder, 'agent.sock');
let server: Server;
let open: number;
let closed: number;
let agent: ProbeAgent;

beforeAll(async () => {
  server = createServer((client) => client.on('error', () => client.destroy()).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open = (server.address() as AddressInfo).port;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  closed = (other.address() as AddressInfo).port;
  await new Promise((resolve) => other.close(resolve));
  agent = await ProbeAgent.listen({ socket, only: ['127.0.0.1'] });
});
afterAll(async () => {
  await agent.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function to(port: number, changes: Partial<ProbeAttempt> = {}): ProbeAttempt {
  return { from: { address: '127.0.0.1', port: 0 }, to: { address: '127.0.0.1', port }, timeoutMs: 500, ...changes };
}

describe.each([
  ['by this machine', () => new TcpProber()],
  ['by an agent', () => new AgentProber(`unix:${socket}`)],
])('an attempt %s', (_, make) => {
  it('tells an open port from a closed one: both are answers', async () => {
    const prober = make();
    expect(await Promise.all([prober.attempt(to(open)), prober.attempt(to(closed))])).toEqual(['open', 'refused']);
    await prober.close();
  });

  it('may come from one port again and again', async () => {
    const prober = make();
    const from = { address: '127.0.0.1', port: closed };
    for (let i = 0; i < 3; i++) expect(await prober.attempt(to(open, { from }))).toBe('open');
    await prober.close();
  });

  it('from an address that is not here is no answer of anybody', async () => {
    const prober = make();
    const from = { address: '192.0.2.1', port: 0 };
    expect(['failed', 'unreachable']).toContain(await prober.attempt(to(open, { from })));
    await prober.close();
  });
});

describe('a probe agent', () => {
  it('connects to nobody but the test devices', async () => {
    const prober = new AgentProber(`unix:${socket}`);
    expect(await prober.attempt(to(open, { to: { address: '127.0.0.2', port: open } }))).toBe('failed');
    await prober.close();
  });

  it('listens on a file that only its user may write to', () => {
    expect(statSync(socket).mode & 0o022).toBe(0);
  });

  it('ends a connection that asks what is no question', async () => {
    const client = connect({ path: socket });
    client.write('{"id":"x"}\n');
    await new Promise((resolve) => client.once('close', resolve).resume());
  });

  it('that is not there is no answer, at once', async () => {
    const prober = new AgentProber(`unix:${join(folder, 'nobody.sock')}`);
    expect(await Promise.all([prober.attempt(to(open)), prober.attempt(to(open))])).toEqual(['failed', 'failed']);
    await prober.close();
  });
});
