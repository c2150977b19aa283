import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PointHint } from '#driver';
import { startStompBroker, type StompBroker } from '../../../../../deploy/local/artemis-runtime.js';
import { newTlsIdentity } from '../http/testing/tls-identity.client.js';
import { until } from '../testing/until.js';
import { IseDriver } from './ise.driver.js';
import { accounts, pointOf, startStandIn } from './testing/ise-fixture.client.js';
import type { IseStandIn } from './testing/ise-stand-in.client.js';
import { ct, mri } from './testing/points.js';
import { PxgridPublisher } from './testing/pxgrid-publisher.client.js';
import { PUBSUB_NODE, PUBSUB_PATH, TOPIC } from './testing/pxgrid-routes.js';

const python = join(process.cwd(), '.lazaret/python/bin/python3');
const subscriber = join(process.cwd(), 'apps/enforcement/src/drivers/ise/testing/pxgrid_subscriber.py');
const withCisco = existsSync(python) ? it : it.skip;

const identity = newTlsIdentity();
let broker: StompBroker;
beforeAll(async () => {
  broker = await startStompBroker();
});
afterAll(async () => {
  await broker.stop();
  identity.remove();
});

describe('pxGrid, with a real STOMP broker behind it', () => {
  let standIn: IseStandIn;
  let publisher: PxgridPublisher;
  let driver: IseDriver;
  let hints: PointHint['kind'][];
  let concerned: PointHint['macs'];
  let subscribers: ChildProcess[];

  beforeEach(async () => {
    standIn = await startStandIn(identity, broker.port);
    publisher = await PxgridPublisher.connect(broker.port);
    standIn.onChange = publisher.follow(standIn.state);
    // Polling is put off, so that what is told here is told by pxGrid.
    const pxgrid = {
      nodes: [`https://${standIn.origin}`],
      nodeName: accounts.pxgrid.user,
      passwordFile: passwordFile(),
    };
    driver = new IseDriver(pointOf(standIn, identity, { pxgrid, pollSeconds: 3600, timeoutMs: 2000 }));
    hints = [];
    subscribers = [];
  });
  afterEach(async () => {
    for (const one of subscribers) one.kill();
    await driver.close();
    await publisher.close();
    await standIn.close();
  });

  it('tells at once of a change that concerns a device that was read, and of no other device', async () => {
    await follow();
    standIn.state.connect(ct.mac, '10.99.0.2', ct.port);
    publisher.session(standIn.state.sessions.get(ct.mac)!);
    await sleep(200);
    expect(hints).toEqual([]);
    byHand(mri.mac, 'Blocked');
    await until(() => hints.includes('changed'));
    expect(concerned).toEqual([mri.mac]);
    expect((await driver.read([mri.mac])).policies).toEqual([
      { mac: mri.mac, ours: false, mark: null, entries: ['policy Blocked'] },
    ]);
  });

  withCisco("is told the same as Cisco's own subscriber", async () => {
    const other = await ciscoSubscriber();
    await follow();
    byHand(mri.mac, 'Lazaret-Imaging');
    await until(() => other.lines.length >= 2 && hints.length > 0);
    const messages = other.lines.map((line): unknown => JSON.parse(line));
    expect(messages).toContainEqual(expect.objectContaining({ status: 'SUCCESS', policyName: 'Lazaret-Imaging' }));
    expect(messages).toContainEqual({
      sessions: [expect.objectContaining({ state: 'STARTED', selectedAuthzProfiles: ['Lazaret-Imaging'] })],
    });
  });

  it('counts what it is told of a session before MnT has it, and what MnT has learned after that', async () => {
    await follow();
    const held = standIn.state.sessions.get(mri.mac)!;
    const later = new Date(held.authenticatedAt.getTime() + 500);
    publisher.session({ ...held, profile: 'Lazaret-Imaging' }, later);
    await until(() => hints.includes('changed'));
    expect((await driver.read([mri.mac])).sessions).toEqual([
      expect.objectContaining({ policy: 'Lazaret-Imaging', isolated: true, switch: 'access-1' }),
    ]);
    standIn.state.change(mri.mac, 'reauthenticate');
    expect((await driver.read([mri.mac])).sessions).toEqual([expect.objectContaining({ isolated: false })]);
  });

  it('F6 knows that a session has ended before MnT does', async () => {
    await follow();
    const held = standIn.state.sessions.get(mri.mac)!;
    publisher.session({ ...held, live: false }, new Date(held.authenticatedAt.getTime() + 500));
    await until(() => hints.includes('changed'));
    expect((await driver.read([mri.mac])).sessions).toEqual([]);
  });

  it('asks for a read when it is connected again, since nobody tells what was missed', async () => {
    await follow();
    await standIn.close();
    standIn.state.apply(mri.mac, 'Blocked');
    await standIn.listen();
    await until(() => hints.includes('changed'));
    byHand(ct.mac, 'Blocked');
    hints.length = 0;
    byHand(mri.mac, null);
    await until(() => hints.includes('changed'));
  });

  it('waits a minute before it asks again for an account that is not approved yet, and says whom to approve', async () => {
    standIn.pxgrid = { ...standIn.pxgrid, accountState: 'PENDING' };
    await driver.watch(({ kind }) => hints.push(kind));
    await until(() => activations() === 1);
    await sleep(600);
    expect(activations()).toBe(1);
    const finding = (await driver.probe()).find(({ check }) => check === 'pxGrid connected');
    expect(finding).toMatchObject({ ok: false });
    expect(finding?.detail).toContain(accounts.pxgrid.user);
  });

  it('is not let in with a secret that the node does not share, and tries again by itself', async () => {
    const { secret } = standIn.pxgrid;
    const upgrades = standIn.refusedUpgrades;
    standIn.pxgrid = { ...standIn.pxgrid, secret: 'another' };
    standIn.wantedSecret = secret;
    await driver.watch(({ kind }) => hints.push(kind));
    await until(() => standIn.refusedUpgrades > upgrades);
    standIn.pxgrid = { ...standIn.pxgrid, secret };
    await until(() => hints.includes('changed'));
  });

  /** Reads and follows, until the connection stands. */
  async function follow(): Promise<void> {
    await driver.read([mri.mac]);
    await driver.watch(({ kind, macs }) => {
      hints.push(kind);
      concerned = macs;
    });
    await until(() => hints.includes('changed'));
    await sleep(50);
    hints.length = 0;
  }

  /** What an administrator does in ISE's own pages. */
  function byHand(mac: string, policyName: string | null): void {
    const what = policyName === null ? 'clear' : 'apply';
    if (policyName === null) standIn.state.clear(mac);
    else standIn.state.apply(mac, policyName);
    standIn.onChange({ what, mac, policyName: policyName ?? '', radius: true });
  }

  function activations(): number {
    return standIn.journal.filter(({ asked }) => asked.path.endsWith('/AccountActivate')).length;
  }

  async function ciscoSubscriber(): Promise<{ lines: string[] }> {
    const { user } = accounts.pxgrid;
    const url = `wss://${standIn.origin}${PUBSUB_PATH}`;
    const words = [url, identity.caFile, user, standIn.pxgrid.secret, PUBSUB_NODE, TOPIC.anc, TOPIC.session];
    const child = spawn(python, [subscriber, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    subscribers.push(child);
    const lines: string[] = [];
    let subscribed = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'subscribed') subscribed = true;
      else lines.push(line);
    });
    await until(() => subscribed);
    await sleep(100);
    return { lines };
  }
});

function passwordFile(): string {
  return join(identity.folder, 'pxgrid.password');
}
