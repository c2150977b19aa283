import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineListener } from './line-listener.client.js';

let port: number;
let listener: LineListener;
let socket: Socket | undefined;
let read: string[];
let bad: string[];
let safe: boolean;

beforeEach(async () => {
  [read, bad, safe] = [[], [], true];
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
});
afterEach(() => {
  socket?.destroy();
  listener.stop();
});

async function listen(senders: string[]): Promise<Socket> {
  listener = new LineListener(
    { host: '127.0.0.1', port, senders },
    {
      mayRead: () => safe,
      connected: () => (lines) => read.push(...lines.map(({ text }) => text)),
      onBadLine: (reason) => bad.push(reason),
    },
  );
  await listener.start();
  const client = connect(port, '127.0.0.1');
  socket = client;
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('connect', resolve));
  return client;
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 3000; Date.now() < end && !holds();) await sleep(5);
  expect(holds()).toBe(true);
}

describe('lines over TCP', () => {
  it('are taken whole, however they are cut on the way, and a half one at the end is counted', async () => {
    const client = await listen(['127.0.0.1']);
    client.write('{"a":1}\n{"b"');
    await sleep(20);
    client.end(':2}\nhalf');
    await until(() => bad.length === 1);
    expect(read).toEqual(['{"a":1}', '{"b":2}']);
    expect(bad).toEqual(['half-line']);
  });

  it('of somebody else are not taken', async () => {
    const client = await listen(['192.0.2.1']);
    client.write('{"a":1}\n');
    await until(() => bad.length === 1);
    expect(bad).toEqual(['unknown-sender']);
    expect(read).toEqual([]);
  });

  it('wait in the sender while what was told is not safe', async () => {
    const client = await listen(['127.0.0.1']);
    safe = false;
    client.write('first\n');
    await until(() => read.length === 1);
    client.write('second\n');
    await sleep(100);
    expect(read).toEqual(['first']);
    safe = true;
    await until(() => read.length === 2);
  });
});
