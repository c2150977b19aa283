import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { CommandLine } from '../../apps/orchestrator/src/api/testing/command-line.client.js';
import { RestService, ASK_PEOPLE } from '../../apps/orchestrator/src/api/testing/rest-service.client.js';
import { Receiver, type Received } from '../../apps/orchestrator/src/notify/webhooks/testing/receiver.client.js';
import { webhookSubscription } from '../../apps/orchestrator/src/notify/webhooks/subscription.js';
import { Program } from './testing/program.client.js';

const python = join(process.cwd(), '.lazaret/python/bin/python3');
const examples = [['receiver.mjs', process.execPath], ...(existsSync(python) ? [['receiver.py', python]] : [])] as [
  string,
  string,
][];
if (examples.length === 1) console.warn('receiver.py is skipped: there is no .lazaret/python');

const folder = mkdtempSync(join(tmpdir(), 'lazaret-receiver-'));
const secretFile = join(folder, 'secret');
const secret = `whsec_${randomBytes(32).toString('base64')}`;
const running: { name: string; program: Program; url: string }[] = [];
// Compiles what is stale, which would stop this process, and the orchestrator in it, for long.
const lazaret = new CommandLine({});
let recorder: Receiver;
let service: RestService;

/** The orchestrator as it boots, with the examples and a recorder as its receivers. */
beforeAll(async () => {
  writeFileSync(secretFile, `${secret}\n`);
  recorder = await Receiver.start();
  for (const [name, command] of examples) {
    const env = { SECRET_FILE: secretFile, PORT: '0' };
    const program = new Program(command, [join('examples/webhook-receiver', name)], { env });
    const [, port] = await program.says(/listening on (\d+)/);
    running.push({ name, program, url: `http://127.0.0.1:${port}/` });
  }
  const urls = [...running, { name: 'recorder', url: recorder.url() }];
  const webhooks = urls.map(({ name, url }) =>
    webhookSubscription.parse({
      name: name.replace('.', '-'),
      url,
      secretFiles: [secretFile],
      allowAddresses: ['127.0.0.1'],
    }),
  );
  service = await RestService.start(ASK_PEOPLE, { webhooks });
}, 120_000);
afterAll(async () => {
  await service.stop();
  await Promise.all([recorder.stop(), ...running.map(({ program }) => program.stop())]);
  rmSync(folder, { recursive: true, force: true });
});

async function send(url: string, { headers, body }: Received): Promise<number> {
  const own = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const kept = Object.fromEntries(own.map((name) => [name, headers[name] ?? '']));
  return (await fetch(url, { method: 'POST', headers: kept, body })).status;
}

it('tells the example receivers of a proposal, and they verify it', async () => {
  const [deviceId] = await service.admit(1, { site: 'north', name: 'MRI Süd' });
  const [quarantineId] = await service.propose([deviceId!]);
  for (const { program } of running) {
    const [line] = await program.says(/\{.*"lazaret\.quarantine\.proposed".*\}/);
    expect(JSON.parse(line)).toMatchObject({ quarantineId, name: 'MRI Süd', decision: 'proposed' });
  }
  const { body } = await service.as('viewer').get('/v1/webhooks');
  const items = body['items'] as { state: string; pending: number; delivered: number }[];
  expect(items.length).toBe(running.length + 1);
  for (const item of items) expect(item).toMatchObject({ state: 'delivering', dead: 0 });
  expect(items.every(({ delivered }) => delivered > 0)).toBe(true);
});

it('shows the receivers at the command line, and tries again what was given up', async () => {
  const cli = lazaret.with({ LAZARET_URL: service.url, LAZARET_TOKEN: service.tokens.admin });
  const shown = await cli.run('webhooks');
  expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/receiver-mjs +delivering +http:\/\/127/)]);
  await service.database.owner.query(
    `INSERT INTO webhook_deliveries SELECT 'recorder', min(seq), 9, now(), now(), now(), 'it answered 500'
       FROM quarantine_events`,
  );
  expect((await cli.run('webhooks')).out).toMatch(
    /GIVEN UP[^]*recorder .*lazaret.quarantine.proposed.*it answered 500/,
  );
  const told = recorder.received.length;
  expect(await cli.run('webhooks', 'retry', 'recorder')).toEqual({ code: 0, out: '1 to be tried again\n', err: '' });
  while (recorder.received.length === told) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await cli.run('webhooks', 'retry', 'nobody')).code).toBe(1);
});

describe.each(examples)('%s', (name) => {
  const one = () => running.find((other) => other.name === name)!;
  const recorded = () => recorder.received[0]!;

  it('drops what it knows', async () => {
    const shown = () => one().program.output.trim().split('\n');
    const before = shown().length;
    expect(await send(one().url, recorded())).toBe(204);
    expect(new Set(shown()).size).toBe(shown().length);
    expect(before).toBeGreaterThan(1);
  });

  it.each([
    ['a body that was changed', (r: Received) => ({ ...r, body: r.body.replace('MRI', 'CT') })],
    ['another id', (r: Received) => ({ ...r, headers: { ...r.headers, 'webhook-id': 'another' } })],
    [
      'a moment that was moved',
      (r: Received) => ({
        ...r,
        headers: { ...r.headers, 'webhook-timestamp': String(Math.ceil(Date.now() / 1000) + 1) },
      }),
    ],
    ['a recording of ten minutes ago', (r: Received) => signed(r, secret, new Date(Date.now() - 600_000))],
    ['another secret', (r: Received) => signed(r, `whsec_${randomBytes(32).toString('base64')}`, new Date())],
    ['no signature', (r: Received) => ({ ...r, headers: { 'content-type': 'application/cloudevents+json' } })],
  ])('refuses %s', async (_, change) => {
    expect(await send(one().url, change(recorded()))).toBe(401);
  });

  it('takes what the secret has signed now', async () => {
    expect(await send(one().url, signed(recorded(), secret, new Date()))).toBe(204);
  });
});

function signed({ headers, body }: Received, by: string, at: Date): Received {
  const id = headers['webhook-id'] ?? '';
  const signature = new Webhook(by).sign(id, at, body);
  const moment = String(Math.floor(at.getTime() / 1000));
  return { body, headers: { ...headers, 'webhook-timestamp': moment, 'webhook-signature': signature } };
}
