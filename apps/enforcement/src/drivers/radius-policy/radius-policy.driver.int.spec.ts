import { exec } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DriverError, type PointIsolation, type PointReading, type SessionReading } from '#driver';
import { nasFilterRules } from '../syntax/nas-filter-rule.js';
import type { RadiusPolicyPoint } from './config.js';
import { RadiusPolicyDriver } from './radius-policy.driver.js';
import { EndpointStandIn, ODDITIES, type Oddity } from './testing/endpoint-stand-in.client.js';
import { PrivateFreeradius, tcpPort, type Attributes, type Reply } from './testing/freeradius.client.js';
import { isolation, pointAt } from './testing/radius-policy-fixture.client.js';

const shell = promisify(exec);
const TOKEN = 'a-token-of-the-site';
const QUARANTINE = 'Tunnel-Private-Group-Id:0 = "66"';
/** What the site's own configuration gives every device. */
const PLAIN = [
  'Class = 0x73697465',
  'Filter-Id = "home"',
  'Tunnel-Medium-Type:0 = IEEE-802',
  'Tunnel-Private-Group-Id:0 = "10"',
  'Tunnel-Type:0 = VLAN',
];

let radius: PrivateFreeradius;
let endpoint: number;
let folder: string;
let point: RadiusPolicyPoint;
let driver: RadiusPolicyDriver;
let next = 0x4000;
let agent: Agent;

beforeAll(async () => {
  endpoint = await tcpPort();
  radius = await PrivateFreeradius.start(endpoint, TOKEN);
});
afterAll(() => radius.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lzi-'));
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'token'), TOKEN, { mode: 0o600 });
  point = pointAt(folder, endpoint, radius);
  await start();
  // As FreeRADIUS does, one connection for many questions.
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
});
afterEach(async () => {
  agent.destroy();
  await driver.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the answer to a switch', () => {
  it('F35 has the VLAN and the permits of both directions of an isolated device, and nothing that opens more', async () => {
    const device = fresh();
    await set(device);
    const { code, lines } = await radius.authenticate(device.mac);
    const { lines: rules } = nasFilterRules(device, { directions: 'both', ipv6: 'explicit', entries: 64 });
    expect(code).toBe('Access-Accept');
    expect(filtersIn(lines)).toEqual([...rules].sort());
    expect(lines).toContain(QUARANTINE);
    expect(lines).not.toContain('Filter-Id = "home"');
    // The site's own Class stays beside ours.
    expect(lines.filter((line) => line.startsWith('Class'))).toHaveLength(2);
  });

  it.each([
    (mac: string) => mac.toUpperCase(),
    (mac: string) => mac.replaceAll(':', '-'),
    (mac: string) => mac.replaceAll(':', ''),
    (mac: string) => `${mac.replaceAll(':', '').slice(0, 6)}-${mac.replaceAll(':', '').slice(6)}`,
    (mac: string) => (mac.replaceAll(':', '').match(/.{4}/g) ?? []).join('.'),
    (mac: string) => (mac.replaceAll(':', '').match(/.{4}/g) ?? []).join('-').toUpperCase(),
  ])('is the same however the switch spells the MAC (%#)', async (spell) => {
    const device = fresh();
    await set(device);
    expect((await radius.authenticate(spell(device.mac))).lines).toContain(QUARANTINE);
  });

  it('is found by the user name in MAC authentication, and never by a name that somebody chooses', async () => {
    const device = fresh();
    await set(device);
    const name = { 'User-Name': device.mac.replaceAll(':', '') };
    expect((await radius.authenticate('', { ...name, 'Service-Type': 'Call-Check' })).lines).toContain(QUARANTINE);
    expect((await radius.authenticate('', name)).lines).toEqual(PLAIN);
  });

  it('is as configured without us for every other device, and again after the release', async () => {
    const device = fresh();
    await set(device);
    expect(plain(await radius.authenticate(fresh().mac))).toBe(true);
    await clear(device);
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
  });

  it('in the mode filter leaves the VLAN as it is', async () => {
    const device: PointIsolation = { ...fresh(), mode: 'filter', quarantineVlan: null };
    await set(device);
    const { lines } = await radius.authenticate(device.mac);
    expect(lines).toContain('Tunnel-Private-Group-Id:0 = "10"');
    expect(filtersIn(lines)).toContain('deny in ip from any to any');
  });

  it('is made from memory: half of the questions within 5 ms', async () => {
    const device = fresh();
    await set(device);
    const form = new URLSearchParams({ ...FORM, mac: device.mac }).toString();
    const times: number[] = [];
    for (let i = 0; i < 500; i++) {
      const begin = performance.now();
      expect((await post('/v1/policy', form)).status).toBe(200);
      times.push(performance.now() - begin);
    }
    times.sort((a, b) => a - b);
    console.log(`policy answer: p50 ${times[250]?.toFixed(2)} ms, p99 ${times[495]?.toFixed(2)} ms`);
    expect(times[250]).toBeLessThan(5);
  });
});

describe('when Lazaret fails, nobody is rejected', () => {
  it.each(Object.keys(ODDITIES) as Oddity[])(
    'F17 %s: others are as configured, and nothing is released or isolated by it',
    async (oddity) => {
      const device = fresh();
      await set(device);
      await radius.authenticate(device.mac);
      await driver.close();
      const standIn = await EndpointStandIn.start(endpoint, oddity);
      try {
        const other = await radius.authenticate(fresh().mac);
        expect(plain(other)).toBe(true);
        expect(other.ms).toBeLessThan(1500);
        const { code, lines } = await radius.authenticate(device.mac);
        expect(code).toBe('Access-Accept');
        // What says clearly that there is nothing is believed.
        expect(lines.includes(QUARANTINE)).toBe(oddity !== 'not found');
        expect((await radius.account('Start', device.mac, 'S1')).code).toBe('Accounting-Response');
      } finally {
        await standIn.stop();
      }
    },
  );

  it('F17 nobody listens: the same at once, and undoing by hand works', async () => {
    const device = fresh();
    await set(device);
    await radius.authenticate(device.mac);
    await driver.close();
    expect(plain(await radius.authenticate(fresh().mac))).toBe(true);
    expect((await radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
    for (const command of driver.undo(device)) await shell(command);
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
    await start();
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
    expect((await driver.read([device.mac])).policies).toEqual([
      expect.objectContaining({ mac: device.mac, ours: false }),
    ]);
  });

  it('commands at the RADIUS server take Lazaret out of it at once, and put it back', async () => {
    const device = fresh();
    await set(device);
    await radius.authenticate(device.mac);
    await everyModule('dead');
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
    expect((await radius.account('Start', device.mac, 'S1')).code).toBe('Accounting-Response');
    await everyModule('alive');
    expect((await radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
  });

  it('a token that does not fit is seen by the probe, and told to nobody', async () => {
    await writeFile(join(folder, 'token'), 'rotated');
    expect(plain(await radius.authenticate(fresh().mac))).toBe(true);
    const finding = (await driver.probe()).find(({ check }) => check === 'RADIUS servers know the token');
    expect(finding).toMatchObject({ ok: false });
    expect(JSON.stringify(finding)).not.toContain('rotated');
    await writeFile(join(folder, 'token'), TOKEN);
    await radius.authenticate(fresh().mac);
    expect((await driver.probe()).filter(({ ok }) => ok === false)).toEqual([]);
  });
});

describe('the snapshot', () => {
  it('F17 keeps what is assigned, and the sessions, over a restart', async () => {
    const device = fresh();
    await set(device);
    await connect(device, 'S7');
    const before = await reading(device);
    await driver.close();
    await start();
    const after = await reading(device);
    expect(after.policies).toEqual(before.policies);
    expect(after.sessions).toEqual(before.sessions);
    expect(after.bootId).toBe(before.bootId);
    expect((await stat(point.snapshotFile)).mode & 0o777).toBe(0o600);
  });

  it('that is damaged is refused loudly: what is known stays, unknown devices are as configured, and no step is taken', async () => {
    const device = fresh();
    await set(device);
    const whole = await readFile(point.snapshotFile, 'utf8');
    await driver.close();
    await writeFile(point.snapshotFile, whole.replace('"generation": 3', '"generation": 4'));
    await start();
    expect(plain(await radius.authenticate(fresh().mac))).toBe(true);
    const failure = await driver.read([device.mac]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'misconfigured' });
    await expect(set(fresh())).rejects.toThrow('damaged');
    const finding = (await driver.probe()).find(({ check }) => check === 'policies can be kept');
    expect(finding).toMatchObject({ ok: false });
    await rename(point.snapshotFile, `${point.snapshotFile}.damaged`);
    await writeFile(point.snapshotFile, whole);
    expect((await radius.authenticate(device.mac)).lines).toContain(QUARANTINE);
  });

  it('refuses an older fence', async () => {
    await set(fresh(), 5);
    await expect(set(fresh(), 4)).rejects.toMatchObject({ code: 'stale-fence' });
  });

  it('F24 shows every assignment of ours, asked for or not, so that none is forgotten', async () => {
    const device = fresh();
    await set(device);
    const [policy] = (await driver.read([])).policies;
    expect(policy).toMatchObject({ mac: device.mac, mark: { quarantineId: device.quarantineId, generation: 3 } });
  });
});

describe('sessions, as the switches account them', () => {
  it('carry what their Accept carried', async () => {
    const device = fresh();
    await connect(device, 'S1');
    expect(await session(device)).toMatchObject({ isolated: false, vlan: 10, policy: null, authorizedBy: 'server' });
    await set(device);
    expect(await session(device)).toMatchObject({ sessionId: 'S1', isolated: false });
    await radius.account('Stop', device.mac, 'S1');
    expect(await session(device)).toBeUndefined();
    await connect(device, 'S2');
    expect(await session(device)).toMatchObject({
      sessionId: 'S2',
      switch: 'access-3',
      port: 'Gi1/0/7',
      isolated: true,
      vlan: 66,
      policy: driver.compile(device).policy,
    });
  });

  it('F34 are believed by their Accept, never by what we have assigned', async () => {
    const device = fresh();
    await connect(device, 'S1');
    await set(device);
    await radius.account('Interim-Update', device.mac, 'S1', { 'Acct-Session-Time': 60 });
    expect(await session(device)).toMatchObject({ isolated: false });
  });

  it('F11 asked again within a session, it carries the isolation again', async () => {
    const device = fresh();
    await connect(device, 'S1');
    await set(device);
    await radius.authenticate(device.mac, { 'Acct-Session-Id': 'S1' });
    expect(await session(device)).toMatchObject({ sessionId: 'S1', isolated: true });
  });

  it('F11 end with the restart of their switch, and the device is isolated when it comes back', async () => {
    const device = fresh();
    await set(device);
    await connect(device, 'S1');
    await radius.account('Accounting-On', null, 'boot');
    expect(await session(device)).toBeUndefined();
    expect((await connect(device, 'S2')).lines).toContain(QUARANTINE);
    expect(await session(device)).toMatchObject({ sessionId: 'S2', isolated: true });
  });

  it('F14 that a switch never begins, since it lacks the VLAN, are never shown as isolated', async () => {
    const device = fresh();
    await set(device);
    await radius.authenticate(device.mac);
    expect((await reading(device)).sessions).toEqual([]);
  });

  it('F16 that the switch let in by itself are told apart', async () => {
    const device = fresh();
    await radius.account('Start', device.mac, 'S1', { 'Acct-Authentic': 'Local' });
    expect(await session(device)).toMatchObject({ authorizedBy: 'critical', isolated: false });
  });

  it('are known by Class after a restart that has forgotten the answer', async () => {
    const device = fresh();
    await set(device);
    const { lines } = await radius.authenticate(device.mac);
    const ours = lines.flatMap((line) => /^Class = (0x6c617a.*)$/.exec(line)?.[1] ?? []);
    await driver.close();
    await rm(`${point.snapshotFile}.sessions`, { force: true });
    await start();
    // As a switch sends it back. An unquoted value would be taken for text.
    await radius.account('Interim-Update', device.mac, 'S9', {
      Class: Buffer.from(String(ours[0]).slice(2), 'hex').toString(),
    });
    expect(await session(device)).toMatchObject({ isolated: true, policy: driver.compile(device).policy });
  });
});

describe('hands and limits', () => {
  it('F13 a device that people keep is neither changed nor cleared', async () => {
    const device = fresh();
    for (const command of driver.undo(device)) await shell(command);
    await expect(set(device)).rejects.toMatchObject({ code: 'changed-by-others' });
    await clear(device);
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
  });

  it('F15 more than a packet or the switch takes is refused with the count, before anything is written', async () => {
    const device = fresh();
    const permits = Array.from({ length: 40 }, (_, i) => ({ ...firstPermit(device), flowId: `f${i}`, port: 2000 + i }));
    await expect(set({ ...device, permits })).rejects.toMatchObject({
      code: 'too-many-entries',
      message: expect.stringMatching(/^\d+ /),
    });
    expect(plain(await radius.authenticate(device.mac))).toBe(true);
  });

  it('F33 takes steps for what it is configured for only', async () => {
    const device = fresh();
    await expect(set({ ...device, mode: 'vlan-routed' })).rejects.toMatchObject({ code: 'refused' });
    await expect(set({ ...device, quarantineVlan: 67 })).rejects.toThrow('VLAN 67');
    const step = { kind: 'remove-entries', deviceNumber: 1 } as const;
    await expect(driver.apply(step, fence(1))).rejects.toBeInstanceOf(DriverError);
  });
});

describe('the endpoint', () => {
  it('answers nobody without the token', async () => {
    expect((await post('/v1/policy', new URLSearchParams(FORM).toString(), 'wrong')).status).toBe(401);
  });

  it('takes 64 kB at most, and forms that are whole', async () => {
    expect((await post('/v1/policy', 'x'.repeat(65_537))).status).toBe(413);
    expect((await post('/v1/policy', 'mac=08-00-06-10-00-11')).status).toBe(400);
    expect((await post('/v1/policy', new URLSearchParams({ ...FORM, more: 'x' }).toString())).status).toBe(400);
    expect((await post('/v1/other', '')).status).toBe(404);
  });

  it('beyond this host is asked by TLS, and begins to listen when its certificate is there', async () => {
    const port = await tcpPort();
    const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const secured = new RadiusPolicyDriver({ ...point, listen: { host: '127.0.0.1', port, tls } });
    try {
      expect((await secured.probe())[0]).toMatchObject({ ok: false });
      const names = '-subj /CN=localhost -addext subjectAltName=DNS:localhost';
      await shell(
        `openssl req -x509 -newkey rsa:2048 -nodes -days 1 ${names} -keyout ${tls.keyFile} -out ${tls.certFile}`,
      );
      const deadline = performance.now() + 5000;
      while (!(await secured.probe())[0]?.ok) expect(performance.now()).toBeLessThan(deadline);
      const ca = await readFile(tls.certFile);
      const sent = requestTls({
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path: '/v1/policy',
        method: 'POST',
        auth: `freeradius:${TOKEN}`,
        ca,
        agent: false,
      });
      sent.end(new URLSearchParams(FORM).toString());
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(204);
    } finally {
      await secured.close();
    }
  });

  it('tells the loop of what has changed', async () => {
    const device = fresh();
    const hints: string[] = [];
    const watch = await driver.watch(({ kind }) => hints.push(kind));
    await connect(device, 'S1');
    await watch.stop();
    expect(hints).toEqual(['changed']);
  });
});

const FORM = {
  mac: '08-00-06-10-00-11',
  user: 'device',
  serviceType: '',
  nasAddress: '10.99.0.2',
  nasIdentifier: '',
  port: 'Gi1/0/7',
  session: '',
  vlan: '10',
};

async function start(): Promise<void> {
  driver = new RadiusPolicyDriver(point);
  await driver.probe();
}

async function everyModule(status: 'dead' | 'alive'): Promise<void> {
  for (const module of ['lazaret_hands', 'lazaret_rest', 'lazaret_told']) {
    await shell(`${radius.radmin} -e 'set module status ${module} ${status}'`);
    expect((await radius.authenticate(fresh().mac)).code).toBe('Access-Accept');
  }
}

function fresh(): PointIsolation {
  return isolation(next++);
}

function fence(number: number): { pointId: string; number: number } {
  return { pointId: driver.pointId, number };
}

function set(device: PointIsolation, number = 1): Promise<void> {
  return driver.apply({ kind: 'set-policy', isolation: device }, fence(number));
}

function clear({ mac, quarantineId }: PointIsolation): Promise<void> {
  return driver.apply({ kind: 'clear-policy', mac, quarantineId }, fence(1));
}

/** Accepted, and its session begins. */
async function connect({ mac }: PointIsolation, id: string, more: Attributes = {}): Promise<Reply> {
  const reply = await radius.authenticate(mac, { 'Acct-Session-Id': id });
  await radius.account('Start', mac, id, more);
  return reply;
}

function reading({ mac }: PointIsolation): Promise<PointReading> {
  return driver.read([mac]);
}

async function session(device: PointIsolation): Promise<SessionReading | undefined> {
  return (await reading(device)).sessions[0];
}

function plain({ code, lines }: Reply): boolean {
  return code === 'Access-Accept' && JSON.stringify(lines) === JSON.stringify(PLAIN);
}

function filtersIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^NAS-Filter-Rule = "(.*)"$/.exec(line)?.[1] ?? []).sort();
}

function firstPermit({ permits }: PointIsolation): PointIsolation['permits'][number] {
  const [first] = permits;
  if (!first) throw new Error('it has permits');
  return first;
}

function post(path: string, body: string, token = TOKEN): Promise<{ status: number }> {
  const headers = { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: endpoint, path, method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
