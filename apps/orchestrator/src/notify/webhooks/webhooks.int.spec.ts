import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { openDatabase, type TestDatabase } from '../../testing/database.client.js';
import { Deliveries } from './deliveries.store.js';
import { Receiver } from './testing/receiver.client.js';
import { seen, until, Webhooks } from './testing/webhooks.client.js';

let database: TestDatabase;
let webhooks: Webhooks;
const receivers: Receiver[] = [];

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.reset();
  webhooks = new Webhooks(database);
});
afterEach(async () => {
  await webhooks.stop();
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  webhooks.remove();
});

async function receiver(...options: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const started = await Receiver.start(...options);
  receivers.push(started);
  return started;
}
const answer =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end();
const has = (one: Receiver, count: number) => until(`${count} webhooks`, () => one.received.length >= count);

/** Its loop has begun, so that what happens now is told. */
async function begun(...names: string[]): Promise<void> {
  const statement = 'SELECT 1 FROM webhook_subscriptions WHERE name = ANY($1)';
  await until('subscription', async () => (await database.owner.query(statement, [names])).rowCount === names.length);
}

it('tells an event as it was published, with a signature that the standard’s library verifies', async () => {
  const one = await receiver();
  const subscription = webhooks.subscription(one.url());
  webhooks.start(subscription);
  await begun(subscription.name);
  const [event] = await webhooks.happens([{ change: 'proposed' }]);
  await has(one, 1);
  const { headers, body } = one.received[0]!;
  const secret = readFileSync(subscription.secretFiles[0]!, 'utf8').trim();
  expect(new Webhook(secret).verify(body, headers)).toEqual(event);
  expect(headers['webhook-id']).toBe(event!.id);
  expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
});

it('tells a receiver what it has asked for, of its sites', async () => {
  const one = await receiver();
  const all = await receiver();
  const picky = webhooks.subscription(one.url(), { events: ['approved', 'truth-changed'], sites: ['north', 'east'] });
  const eager = webhooks.subscription(all.url());
  webhooks.start(picky, eager);
  await begun(picky.name, eager.name);
  const events = await webhooks.happens([
    { change: 'approved' },
    { change: 'proposed' },
    { change: 'approved', site: 'south' },
    { change: 'truth-changed', site: 'east' },
  ]);
  await has(all, 4);
  await has(one, 2);
  expect(new Set(all.ids)).toEqual(new Set(events.map(({ id }) => id)));
  expect(new Set(one.ids)).toEqual(new Set([events[0]!.id, events[3]!.id]));
});

it('begins with what happens after it is configured, and goes on after a restart with what happened meanwhile', async () => {
  const one = await receiver();
  const subscription = webhooks.subscription(one.url());
  await webhooks.happens([{}]);
  webhooks.start(subscription);
  await begun(subscription.name);
  const first = await webhooks.happens([{}]);
  await has(one, 1);
  await webhooks.stop();
  const second = await webhooks.happens([{}, {}]);
  webhooks.start(subscription);
  await has(one, 3);
  expect(new Set(one.ids)).toEqual(new Set([...first, ...second].map(({ id }) => id)));
});

it('loses nothing for a receiver that is down through a restart, and has four events in memory at most', async () => {
  const dead = await Receiver.start();
  const { port } = dead;
  await dead.stop();
  const subscription = webhooks.subscription(`http://127.0.0.1:${port}/`);
  let desk = webhooks.start(subscription);
  await begun(subscription.name);
  const events = await webhooks.happens(Array.from({ length: 500 }, () => ({})));
  const failing = await seen(desk, subscription.name, (view) => view.failed >= 5 && view.pending === 500);
  expect(failing).toMatchObject({ state: 'failing', delivered: 0 });
  expect(failing.lastFailure).toMatch(/ECONNREFUSED/);
  await webhooks.stop();
  desk = webhooks.start(subscription);
  const back = await receiver(answer(200), { port });
  await seen(desk, subscription.name, (view) => view.delivered >= 500);
  expect(new Set(back.ids)).toEqual(new Set(events.map(({ id }) => id)));
  expect(back.mostAtOnce).toBeLessThanOrEqual(4);
  expect(await seen(desk, subscription.name, () => true)).toMatchObject({ state: 'delivering', pending: 0, dead: 0 });
});

it('asks a receiver that fails by one delivery at a time', async () => {
  const one = await receiver(answer(503));
  const subscription = webhooks.subscription(one.url());
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  await webhooks.happens(Array.from({ length: 50 }, () => ({})));
  const before = (await seen(desk, subscription.name, (view) => view.failed >= 4)).failed;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const after = await seen(desk, subscription.name, () => true);
  expect(after.failed - before).toBeLessThanOrEqual(7);
  expect(after).toMatchObject({ state: 'failing', pending: 50, lastFailure: 'it answered 503' });
});

it('goes on with the others where one event is refused', async () => {
  const one = await receiver((response, { body }) => answer(body.includes('.lapsed') ? 400 : 200)(response));
  const subscription = webhooks.subscription(one.url());
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  await webhooks.happens([{ change: 'lapsed' }, ...Array.from({ length: 20 }, () => ({}))]);
  const view = await seen(desk, subscription.name, ({ delivered }) => delivered === 20);
  expect(view).toMatchObject({ pending: 1, dead: 0 });
});

it('delays no other receiver for a slow one', async () => {
  const slow = await receiver(() => undefined);
  const quick = await receiver();
  const waiting = webhooks.subscription(slow.url(), { timeoutSeconds: 60 });
  const subscription = webhooks.subscription(quick.url());
  webhooks.start(waiting, subscription);
  await begun(waiting.name, subscription.name);
  await webhooks.happens(Array.from({ length: 20 }, () => ({})));
  await until('all for the quick one', () => quick.received.length === 20, 3000);
  expect(slow.received.length).toBe(4);
});

it('ends an attempt in time, and takes 2xx for a yes though the answer never ends', async () => {
  const silent = await receiver(() => undefined);
  const dripping = await receiver((response) => void response.writeHead(200).write('x'.repeat(100_000)));
  const never = webhooks.subscription(silent.url(), { timeoutSeconds: 1 });
  const endless = webhooks.subscription(dripping.url(), { timeoutSeconds: 1 });
  const desk = webhooks.start(never, endless);
  await begun(never.name, endless.name);
  await webhooks.happens([{}]);
  const view = await seen(desk, never.name, ({ failed }) => failed >= 1);
  expect(view.lastFailure).toBe('no answer within 1 s');
  await seen(desk, endless.name, ({ delivered, pending }) => delivered === 1 && pending === 0);
});

describe('addresses', () => {
  it.each([
    ['a loopback address', '127.0.0.1'],
    ['a name that resolves to one', 'localhost'],
    ['another writing of one', '0x7f.1'],
    ['an IPv6 address with one inside', '[::ffff:127.0.0.1]'],
  ])('does not connect to %s unless it is allowed', async (_, host) => {
    const one = await receiver();
    const subscription = { ...webhooks.subscription(one.url(), { allowAddresses: [] }), url: one.url(host) };
    const desk = webhooks.start(subscription);
    await begun(subscription.name);
    await webhooks.happens([{}]);
    const view = await seen(desk, subscription.name, ({ failed }) => failed >= 1);
    expect(view.lastFailure).toMatch(/not public/);
    expect(one.connections).toBe(0);
  });

  it('does not follow a redirection', async () => {
    const inside = await receiver();
    const one = await receiver(answer(307, { location: inside.url() }));
    const subscription = webhooks.subscription(one.url());
    const desk = webhooks.start(subscription);
    await begun(subscription.name);
    await webhooks.happens([{}]);
    const view = await seen(desk, subscription.name, ({ failed }) => failed >= 1);
    expect(view.lastFailure).toMatch(/307; redirections are not followed/);
    expect(inside.connections).toBe(0);
  });
});

it('verifies the receiver’s certificate and name', async () => {
  const file = (name: string) => join(webhooks.folder, name);
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
  ]);
  const tls = { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) };
  const one = await receiver(answer(200), { tls });
  const unknown = webhooks.subscription(one.url('localhost'));
  const misnamed = webhooks.subscription(one.url('127.0.0.1'), { caFile: file('cert.pem') });
  const known = webhooks.subscription(one.url('localhost'), { caFile: file('cert.pem') });
  const desk = webhooks.start(unknown, misnamed, known);
  await begun(unknown.name, misnamed.name, known.name);
  await webhooks.happens([{}]);
  for (const { name } of [unknown, misnamed]) {
    const view = await seen(desk, name, ({ failed }) => failed >= 1);
    expect(view.lastFailure).toMatch(/certificate is not accepted/);
  }
  await seen(desk, known.name, ({ delivered }) => delivered === 1);
  expect(one.received.length).toBe(1);
});

it('changes its secret without a restart and without a receiver that refuses, and names a file that is missing', async () => {
  const one = await receiver();
  const old = webhooks.secretFile('a');
  const next = webhooks.secretFile('b');
  const subscription = webhooks.subscription(one.url(), { secretFiles: [old.file, next.file] });
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  await webhooks.happens([{}]);
  await has(one, 1);
  const verify = (secret: string, at: number) => () =>
    new Webhook(secret).verify(one.received[at]!.body, one.received[at]!.headers);
  for (const { secret } of [old, next]) expect(verify(secret, 0)).not.toThrow();
  const newest = webhooks.secretFile('a');
  await webhooks.happens([{}]);
  await has(one, 2);
  expect(verify(old.secret, 1)).toThrow();
  for (const { secret } of [newest, next]) expect(verify(secret, 1)).not.toThrow();
  rmSync(old.file);
  await webhooks.happens([{}]);
  const view = await seen(desk, subscription.name, ({ failed }) => failed >= 1);
  expect(view).toMatchObject({ state: 'failing', lastFailure: `the secret file ${old.file} can't be read` });
  expect(one.received.length).toBe(2);
  webhooks.secretFile('a');
  await has(one, 3);
});

it('gives up after the days that are set, says which, and sends them at a person’s word', async () => {
  let status = 500;
  const one = await receiver((response) => answer(status)(response));
  const subscription = webhooks.subscription(one.url());
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  const events = await webhooks.happens([{ change: 'released' }, { change: 'approved' }]);
  await seen(desk, subscription.name, ({ failed }) => failed >= 2);
  await database.owner.query('UPDATE webhook_deliveries SET gives_up_at = now()');
  const dead = await seen(desk, subscription.name, (view) => view.dead === 2);
  expect(dead).toMatchObject({ state: 'failing', pending: 0 });
  expect(dead.deadDeliveries.map(({ eventId, type, failure }) => [eventId, type, failure])).toEqual(
    [...events].reverse().map(({ id, type }) => [id, type, 'it answered 500']),
  );
  expect(JSON.stringify(webhooks.log)).toContain('were given up');
  const told = one.received.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(one.received.length).toBe(told);
  status = 200;
  expect(await desk.retry(subscription.name, { name: 'ann', role: 'admin' }, new Date())).toBe(2);
  await seen(desk, subscription.name, ({ delivered, dead: left }) => delivered === 2 && left === 0);
  const audit = await database.owner.query('SELECT actor, action, subject FROM audit');
  expect(audit.rows).toEqual([{ actor: 'ann', action: 'webhook-retried', subject: `webhook/${subscription.name}` }]);
  expect(await desk.retry('nobody', { name: 'ann', role: 'admin' }, new Date())).toBeNull();
});

it('leaves a delivery to its sender, and takes it over when that one has died', async () => {
  const subscription = webhooks.subscription('https://example.org/');
  const [one, other] = [
    new Deliveries(database.dataSource, subscription),
    new Deliveries(database.dataSource, subscription),
  ];
  await one.begin();
  await webhooks.happens([{}, {}, {}]);
  const now = new Date();
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  await Promise.all([one.queueNews(now), other.queueNews(now)]);
  const [first, second] = await Promise.all([one.claim(2, now, later(20)), other.claim(4, now, later(20))]);
  expect(first.length + second.length).toBe(3);
  expect(await other.claim(4, later(19), later(40))).toEqual([]);
  expect((await other.claim(4, later(21), later(40))).map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
});

it('shows no secret, in the log or to people', async () => {
  const one = await receiver(answer(500, { 'x-echo': 'hush' }));
  const subscription = webhooks.subscription(one.url());
  const secret = readFileSync(subscription.secretFiles[0]!, 'utf8').trim();
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  await webhooks.happens([{}]);
  const view = await seen(desk, subscription.name, ({ failed }) => failed >= 1);
  expect(view.receiver).toBe(`http://127.0.0.1:${one.port}`);
  webhooks.secretFile(`${subscription.name}.secret`, secret.replace('whsec_', 'wrong_'));
  await seen(desk, subscription.name, ({ lastFailure }) => /holds no whsec_/.test(lastFailure ?? ''));
  const shown = JSON.stringify([webhooks.log, await desk.list()]);
  expect(shown).not.toContain('hush');
  expect(shown).not.toContain(secret.slice('whsec_'.length));
});

it('keeps what waits for a receiver that is no longer configured, and says so', async () => {
  const one = await receiver(answer(500));
  const subscription = webhooks.subscription(one.url());
  const desk = webhooks.start(subscription);
  await begun(subscription.name);
  await webhooks.happens([{}]);
  await seen(desk, subscription.name, ({ failed }) => failed >= 1);
  await webhooks.stop();
  expect(await webhooks.start().list()).toMatchObject([{ state: 'removed', pending: 1, receiver: null }]);
});
