import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  HOSTS,
  MANAGEMENT,
  SAMPLING_COOKIE,
  SMALL_STUDY,
  linkLocalOf,
  startWard,
  type Packet,
  type Ward,
} from './index.js';
import { programCommand } from './programs.js';

const ALL = 0xffffffffffffffffn;
let dir: string;
let ward: Ward;

beforeAll(async () => {
  dir = mkdtempSync('/tmp/lazaret-ward-');
  ward = await startWard({ dir });
});

afterAll(async () => {
  await ward.stop();
  expect(leftOf(dir)).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
});

/** Processes that name the directory, and the ward's link. */
function leftOf(wardDir: string): string[] {
  const processes = readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(wardDir) &&
        Number(pid) !== process.pid
      );
    } catch {
      return false;
    }
  });
  return [...processes, ...readdirSync('/sys/class/net').filter((link) => link.startsWith('wl-'))];
}

describe('the ward', () => {
  it('starts within four seconds', () => {
    expect(ward.startedInMs).toBeLessThan(4000);
  });

  it('connects its VLANs through the router, and its modalities by IPv6 link-local addresses', async () => {
    expect(await ward.ping('mri', 'archive')).toBe(3);
    expect(await ward.ping('mri', 'ct', { ipv6: true })).toBe(3);
    expect(await ward.arp('mri', 'ct')).toBe(true);
    expect(await ward.addressOf('ws')).toMatch(/^10\.30\.0\.1[0-5]\d$/);
    expect(readFileSync(ward.dns.leaseFile, 'utf8')).toContain(HOSTS.ws.mac);
    expect(await ward.ping('ws', 'archive')).toBe(3);
  });

  it('stores studies bit by bit, commits them by a call-back of the archive, and answers the worklist', async () => {
    const callBacks = await ward.capture('mri', 'tcp port 11113');
    const mri = await ward.startModality('mri', { shape: SMALL_STUDY, worklistEveryMs: 1000 });
    await mri.until((record) => record.kind === 'commitment-report', 15_000);
    await mri.until((record) => record.kind === 'worklist', 15_000);
    const witness = await ward.witness(await mri.stop());
    expect(witness.sentInstances).toBeGreaterThanOrEqual(SMALL_STUDY.instances);
    expect(witness).toMatchObject({ equal: witness.sentInstances, missing: [], different: [], failedStudies: [] });
    expect(witness).toMatchObject({ failedQueries: [], failedCommitments: [] });
    expect(witness.worklistAnswers).toBeGreaterThan(0);
    expect(witness.commitmentsReported).toBeGreaterThan(0);
    const opened = (await callBacks.stop()).filter(({ flags }) => flags === 'S');
    expect(opened.every(({ source }) => source === HOSTS.archive.address)).toBe(true);
    expect(opened.length).toBeGreaterThan(0);
  });

  it('shows a worm at the neighbour, at the uplink and in the query log, and each in its own log', async () => {
    const [atCt, atUplink, atPort] = await Promise.all([
      ward.capture('ct', `ether src ${HOSTS.mri.mac}`),
      ward.capture('uplink', 'tcp port 445'),
      ward.capture({ port: HOSTS.mri.port }, 'tcp port 445'),
    ]);
    const worm = await ward.infect({ names: ['first.test', 'second.test'] });
    await sleep(4000);
    const attempts = await worm.stop();
    const tried = (kind: string): number => attempts.filter((attempt) => attempt.kind === kind).length;
    const ct = await atCt.stop();
    const toCt = (packet: Packet): boolean => packet.destinationMac === HOSTS.ct.mac && packet.flags === 'S';
    expect(ct.some((packet) => toCt(packet) && packet.destination === HOSTS.ct.address)).toBe(true);
    expect(ct.some((packet) => toCt(packet) && packet.destination === linkLocalOf(HOSTS.ct.mac))).toBe(true);
    expect(ct.some(({ protocol, type }) => protocol === 'arp' && type === 1)).toBe(true);
    expect((await atUplink.stop()).filter(({ flags }) => flags === 'S')).toHaveLength(tried('random'));
    const first = (await atPort.stop()).find(({ flags }) => flags === 'S');
    expect(first).toMatchObject({ source: HOSTS.mri.address, destination: '10.10.0.1' });
    expect(tried('neighbour')).toBeGreaterThanOrEqual(35);
    const queries = await ward.dns.queries();
    for (const name of ['first.test', 'second.test', 'clock.example'])
      expect(queries.some((line) => line.includes(`query[A] ${name} from ${HOSTS.mri.address}`))).toBe(true);
  });

  it('exports packets and the bridge by IPFIX each time it is asked to, to the management link only', async () => {
    const collector = createSocket('udp4');
    const domains = new Set<number>();
    let templates = 0;
    collector.on('message', (message) => {
      domains.add(message.readUInt32BE(12));
      if (message.length > 20 && message.readUInt16BE(16) === 2) templates += 1;
    });
    await new Promise<void>((resolve) => collector.bind(MANAGEMENT.ipfixPort, MANAGEMENT.hostAddress, resolve));
    for (let round = 1; round <= 2; round += 1) {
      domains.clear();
      templates = 0;
      await ward.exportIpfix();
      expect(await ward.clinic.echo('mri', 'archive')).toBe(0);
      for (let i = 0; i < 60 && !(domains.has(1) && domains.has(10)); i += 1) await sleep(50);
      expect([...domains]).toEqual(expect.arrayContaining([1, 10]));
      expect(templates).toBeGreaterThan(0);
    }
    await ward.switch.stopIpfix();
    collector.close();
  });

  it('shows by whom and when a tag was changed, and puts its own flows back after a restart of the switch', async () => {
    const ports = await ward.switch.observePorts();
    const flows = await ward.switch.observeFlows();
    await ward.switch.setTag(HOSTS.mri.port, 66);
    expect(await ward.ping('mri', 'ct', { count: 1 })).toBe(0);
    await ward.switch.setTag(HOSTS.mri.port, 10);
    expect(await ward.ping('mri', 'ct')).toBe(3);
    expect(ports.tagChanges(HOSTS.mri.port).map(({ previousTag, tag }) => [previousTag, tag])).toEqual([
      [10, 66],
      [66, 10],
    ]);
    await ward.switch.deleteFlows(SAMPLING_COOKIE, ALL);
    expect(await ward.switch.flowsOf(SAMPLING_COOKIE, ALL)).toEqual([]);
    await ward.switch.restart();
    expect(await ward.switch.flowsOf(SAMPLING_COOKIE, ALL)).toHaveLength(4);
    await sleep(300);
    expect([...flows.additions(SAMPLING_COOKIE, ALL).values()]).toEqual([1, 1, 1, 1]);
    expect(flows.changes.filter(({ event }) => event === 'deleted')).toHaveLength(4);
    expect((await ward.switch.port(HOSTS.mri.port)).tag).toBe(10);
    expect(await ward.ping('mri', 'archive')).toBe(3);
    ports.stop();
    flows.stop();
  });

  it('moves a cable with a study in flight, and back', async () => {
    const mri = await ward.startModality('mri', { shape: { instances: 4, instanceKib: 4096 }, commitment: false });
    await sleep(1200);
    await ward.replug('mri', 'wl-spare');
    expect(await ward.ping('mri', 'archive')).toBe(3);
    expect((await ward.switch.forwarding()).find(({ mac }) => mac === HOSTS.mri.mac)).toMatchObject({
      port: 9,
      vlan: 10,
    });
    expect((await ward.switch.port(HOSTS.mri.port)).linkUp).toBe(false);
    await ward.replug('mri', 'home');
    expect(await ward.ping('mri', 'archive')).toBe(3);
    expect((await ward.switch.port('wl-spare')).linkUp).toBe(false);
    const witness = await ward.witness(await mri.stop());
    expect(witness).toMatchObject({ failedStudies: [], missing: [], different: [] });
    expect(witness.equal).toBeGreaterThan(0);
  });

  it('lets another host use the MAC and address of the MRI, at the spare port or at the workstation', async () => {
    const atSpare = await ward.capture({ port: 'wl-spare' }, 'tcp port 445');
    await ward.impersonate('mri', 'clone');
    const clone = await ward.infect({ host: 'clone', names: ['a.test'] });
    await sleep(1000);
    await clone.stop();
    await ward.endImpersonation('clone');
    const seen = await atSpare.stop();
    expect(
      seen.some(
        ({ flags, sourceMac, source }) => flags === 'S' && sourceMac === HOSTS.mri.mac && source === HOSTS.mri.address,
      ),
    ).toBe(true);

    const atWs = await ward.capture({ port: HOSTS.ws.port }, 'tcp port 445');
    await ward.impersonate('mri', 'ws');
    const disguised = await ward.infect({ host: 'ws', names: ['a.test'] });
    await sleep(1000);
    await disguised.stop();
    await ward.endImpersonation('ws');
    expect((await atWs.stop()).some(({ flags, sourceMac }) => flags === 'S' && sourceMac === HOSTS.mri.mac)).toBe(true);
    expect(await ward.ping('ws', 'archive')).toBe(3);
    // The switch keeps the clone's port in its forwarding table until its next look at the cached flow, 0.5 s later.
    expect(await ward.ping('mri', 'archive', { count: 40 })).toBeGreaterThan(10);
  });

  it('loses its resolver in two ways, and its management in two, and has them back', async () => {
    const lookUp = async (): Promise<number> => (await ward.run('ct', ['getent', 'ahostsv4', 'clock.example'])).code;
    for (const how of ['frozen', 'killed'] as const) {
      await ward.dns.stop(how);
      expect(await lookUp()).not.toBe(0);
      await ward.dns.start();
      expect(await lookUp()).toBe(0);
    }
    await ward.switch.refuseManagement();
    expect(await canConnect(MANAGEMENT.ovsdbPort)).toBe(false);
    expect(await canConnect(MANAGEMENT.openflowPort)).toBe(false);
    expect(await ward.ping('mri', 'archive')).toBe(3);
    await ward.switch.allowManagement();
    expect(await canConnect(MANAGEMENT.ovsdbPort)).toBe(true);
    expect(await canConnect(MANAGEMENT.openflowPort)).toBe(true);
    await ward.switch.loseAnswers();
    expect(await canConnect(MANAGEMENT.ovsdbPort)).toBe(false);
    await ward.switch.deliverAnswers();
    expect(await canConnect(MANAGEMENT.ovsdbPort)).toBe(true);
  });

  it('refuses a second ward on the same machine, in words', async () => {
    await expect(startWard({ dir: `${dir}-second` })).rejects.toThrow(/another ward runs on this machine/);
    rmSync(`${dir}-second`, { recursive: true, force: true });
  });
});

describe('a ward whose parent is killed', () => {
  it('leaves no process, namespace or link, and a next one starts in the same directory', async () => {
    await ward.stop();
    const module = join(dirnameOf(programCommand('index.js')[1]), 'index.js');
    const script = `import { startWard } from '${module}'; await startWard({ dir: '${dir}' }); console.log('up'); setInterval(() => {}, 1e6);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve) =>
      parent.stdout.on('data', (data: Buffer) => String(data).includes('up') && resolve()),
    );
    expect(existsSync(`/sys/class/net/${MANAGEMENT.hostLink}`)).toBe(true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 100 && leftOf(dir).length; i += 1) await sleep(10);
    expect(leftOf(dir)).toEqual([]);
    ward = await startWard({ dir });
    expect(await ward.ping('mri', 'archive')).toBe(3);
  });
});

function dirnameOf(file = ''): string {
  return file.slice(0, file.lastIndexOf('/'));
}

async function canConnect(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect({ host: MANAGEMENT.switchAddress, port, timeout: 700 });
    const end = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
