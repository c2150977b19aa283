import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { makeEvent, TOPICS, type SeenIsolation, type WantedIsolation } from '#events';
import { ASK_PEOPLE, RestService } from '../../apps/orchestrator/src/api/testing/rest-service.client.js';
import { seenOf } from '../../apps/orchestrator/src/testing/examples.js';
import { EVENT_SOURCE } from './testing/event-source.js';
import { Program } from './testing/program.client.js';

const programs = join(process.cwd(), '.lazaret/python/bin');
const collections = join(process.cwd(), '.lazaret/ansible/collections');
const possible = existsSync(join(programs, 'ansible-rulebook'));
if (!possible) console.warn('skipped: there is no ansible-rulebook in .lazaret/python');

const folder = mkdtempSync(join(tmpdir(), 'lazaret-ansible-'));
const notes = join(folder, 'notes');
/** A device's name, a reason, an asset: text that an intruder may write. */
const HOSTILE = `MRI {{ lookup('ansible.builtin.pipe', 'touch ${join(folder, 'taken-over')}') }}`;
const ALERTS_TOKEN = 'told-to-both';
const [kafkaHost = '', kafkaPort = ''] = (process.env['KAFKA_BROKERS'] ?? '').split(/[,:]/);
let service: RestService;
let env: NodeJS.ProcessEnv;
let follow: Program;
let request: Program;
let alertsPort: number;

/** ansible.eda where it is installed, and else a collection of its name with a source of ours. */
function collectionPath(): string {
  if (existsSync(join(collections, 'ansible_collections/ansible/eda'))) return collections;
  console.warn('ansible.eda is not installed in .lazaret/ansible: a Kafka source of this test stands in for its');
  const sources = join(folder, 'collections/ansible_collections/ansible/eda/extensions/eda/plugins/event_source');
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(sources, 'kafka.py'), EVENT_SOURCE);
  return join(folder, 'collections');
}

function rulebook(name: string, vars: object): Program {
  const file = join(folder, `${name}.vars.yml`);
  writeFileSync(file, stringify(vars));
  const words = [
    '--rulebook',
    `${name}.yml`,
    '--inventory',
    'inventory.yml',
    '--vars',
    file,
    '-E',
    'alerts_token',
    '--verbose',
  ];
  return new Program(join(programs, 'ansible-rulebook'), words, { env, cwd: 'examples/ansible' });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function noted(pattern: RegExp, ms = 60_000): Promise<string> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const line =
      existsSync(notes) &&
      readFileSync(notes, 'utf8')
        .split('\n')
        .find((one) => pattern.test(one));
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no note of ${pattern}:\n${follow.output.slice(-4000)}\n${request.output.slice(-4000)}`);
}

async function alert(body: object, token = ALERTS_TOKEN): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = `http://127.0.0.1:${alertsPort}/alert`;
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

/** What enforcement is told of a device. */
async function wanted(deviceId: string): Promise<WantedIsolation['data']> {
  const { rows } = await service.database.owner.query<{ body: string }>(
    'SELECT body FROM wanted WHERE device_id = $1',
    [deviceId],
  );
  return JSON.parse(rows[0]?.body ?? '') as WantedIsolation['data'];
}

/** Stands in for enforcement, on its topic. */
function proven(told: WantedIsolation['data'], changes: Partial<SeenIsolation['data']> = {}) {
  const { deviceId: subject } = told;
  const place = { source: '/enforcement', subject, time: new Date() } as const;
  return makeEvent({ type: 'lazaret.seen.isolation', ...place, data: seenOf(told, changes) });
}

beforeAll(async () => {
  service = await RestService.start(ASK_PEOPLE);
}, 120_000);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

(possible ? describe : describe.skip)('the rulebooks, run by ansible-rulebook', () => {
  beforeAll(async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${await service.token('rulebook', 'operator')}\n`, { mode: 0o600 });
    alertsPort = await freePort();
    env = {
      PATH: `${programs}:${process.env['PATH']}`,
      HOME: folder,
      alerts_token: ALERTS_TOKEN,
      ANSIBLE_COLLECTIONS_PATH: collectionPath(),
      ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
    };
    const shared = { notes_file: notes };
    const kafka = { kafka_host: kafkaHost, kafka_port: Number(kafkaPort), kafka_group: `rulebook-${randomUUID()}` };
    follow = rulebook('follow-quarantines', { ...shared, ...kafka });
    const api = { lazaret_url: service.url, token_file: tokenFile };
    request = rulebook('request-quarantine', {
      ...shared,
      ...api,
      alerts_port: alertsPort,
    });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([follow?.stop(), request?.stop()]);
  });

  it('note a proposal once there is a plan to look at, the proof of its isolation, and that the clinic suffers', async () => {
    const [deviceId = ''] = await service.admit(1, { site: 'east', name: HOSTILE });
    const [id = ''] = await service.propose([deviceId]);
    await noted(new RegExp(`^look ${id} /v1/quarantines/${id}$`));
    const { body } = await service.as('approver').get(`/v1/quarantines/${id}`);
    const { planDigest, policyVersion } = body;
    const consent = { planDigest, policyVersion, reason: HOSTILE };
    expect((await service.as('approver').post(`/v1/quarantines/${id}/approvals`, consent)).status).toBe(201);
    await service.send([proven(await wanted(deviceId))]);
    await noted(new RegExp(`^proven ${id} `));
    const broken = {
      condition: 'ClinicalBroken',
      reason: 'permitted attempts fail',
      since: new Date().toISOString(),
    } as const;
    const conditions = [{ ...broken, observer: 'ovs-1-ipfix' }];
    await service.send([proven(await wanted(deviceId), { revision: 3, conditions })]);
    await noted(new RegExp(`^clinic ${id} `));
    expect(readFileSync(notes, 'utf8').split(`look ${id}`).length).toBe(2);
  }, 200_000);

  it('ask Lazaret for a proposal when another product has found malware, and note what the plan would keep', async () => {
    const [deviceId = ''] = await service.admit(1, { site: 'west', asset: 'CT-7', name: HOSTILE });
    expect(await alert({ verdict: 'malware', site: 'west', asset: 'CT-7' }, 'guessed')).toBe(401);
    expect(await alert({ verdict: 'malware', site: 'west', asset: HOSTILE })).toBe(200);
    expect(await alert({ verdict: 'malware', site: 'west', asset: 'CT-7' })).toBe(200);
    await service.until('quarantine', 'SELECT 1 FROM quarantines WHERE device_id = ANY($1)', [deviceId]);
    await service.answerPreviews([deviceId]);
    expect(await noted(/^proposed /)).toMatch(/^proposed \S+ keeps 1 flows, plan sha256:[0-9a-f]{64}$/);
    const { rows } = await service.database.owner.query(
      'SELECT requested_by, decision FROM quarantines WHERE device_id = $1',
      [deviceId],
    );
    expect(rows).toEqual([{ requested_by: 'rulebook', decision: 'proposed' }]);
  }, 100_000);

  it('execute nothing that stands in a name, a reason or an alert', () => {
    expect(existsSync(join(folder, 'taken-over'))).toBe(false);
  });

  it('show no token', () => {
    expect(follow.output + request.output).not.toContain('lzt_');
  });

  it('are valid rulebooks by the schema of ansible-rulebook', () => {
    for (const name of ['follow-quarantines', 'request-quarantine']) {
      const script = `import sys, yaml; from ansible_rulebook.validators import Validate; Validate.rulebook(yaml.safe_load(open(sys.argv[1])))`;
      execFileSync(join(programs, 'python3'), ['-c', script, `examples/ansible/${name}.yml`]);
    }
  });
});

it('get messages that a rulebook can match on: a key, no empty header, a flat body', async () => {
  const kafka = new Kafka({ brokers: [`${kafkaHost}:${kafkaPort}`], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  const messages: KafkaMessage[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPICS.quarantines], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void messages.push(message) });
  const [deviceId = ''] = await service.admit(1, { site: 'south', asset: null });
  await service.propose([deviceId]);
  const mine = () => messages.filter(({ key }) => String(key) === deviceId);
  for (const end = Date.now() + 20_000; mine().length < 2 && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await consumer.disconnect();
  expect(mine().length).toBe(2);
  for (const { value, headers } of messages) {
    expect(Object.values(headers ?? {}).every((header) => Buffer.isBuffer(header))).toBe(true);
    const { partitionkey, data, ...event } = JSON.parse(String(value)) as Record<string, unknown>;
    expect(typeof partitionkey).toBe('string');
    expect(Object.values(event).every(isScalar)).toBe(true);
    const flat = Object.values(data as object).map((part) =>
      Array.isArray(part) ? part.every(isScalar) : isScalar(part),
    );
    expect(flat).toEqual(flat.map(() => true));
  }
}, 60_000);

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
