import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PointLocks } from '../apply/point-locks.js';
import { ovsPointSchema } from '../drivers/ovs/config.js';
import { OvsDriver } from '../drivers/ovs/ovs.driver.js';
import { PrivateSwitch } from '../drivers/ovs/testing/private-switch.client.js';
import { AgentProber } from './agent-prober.client.js';
import type { DrillRequest, Outcome } from './drill.js';
import { testPortSchema } from './test-port.js';
import { runTrial } from './trial.js';
import { trialPoints } from './trial-plan.js';

const AGENT = 'dist/apps/enforcement/src/drill/agent.command.js';
const ID = 'sw-7';
const DEVICE = { mac: '08:00:06:10:00:99', address: '10.10.0.99', address6: 'fd00:10::99' };
const ROUTER = { mac: '00:16:3e:00:00:10', address: '10.10.0.1', address6: 'fd00:10::1' };
/** Whence the device is asked: behind the router, in another network. */
const PROBE = { address: '10.20.0.10', address6: 'fd00:20::10' };

const home = [
  { vlan: 10, subnet: '10.10.0.0/24', gateway: { address: ROUTER.address, mac: ROUTER.mac, port: 'lzq-r10' } },
];

const run = promisify(execFile);
const sh = (script: string) => run('/bin/bash', ['-euc', script]);

/** A test device and a router with the probe behind it, each a namespace of its own, on real veths. */
const NETWORK = `
  for ns in lzq-dev lzq-rtr; do ip netns add $ns; ip -n $ns link set lo up; done
  ip link add lzq-d type veth peer name eth0 address ${DEVICE.mac} netns lzq-dev
  ip link add lzq-r10 type veth peer name eth0 address ${ROUTER.mac} netns lzq-rtr
  ip link add lzq-r66 type veth peer name eth1 netns lzq-rtr
  for port in lzq-d lzq-r10 lzq-r66; do ip link set $port up; done
  for ns in lzq-dev lzq-rtr; do
    ip netns exec $ns ethtool -K eth0 tx off tso off gso off gro off >/dev/null
    ip netns exec $ns sysctl -qw net.ipv6.conf.eth0.accept_dad=0
    ip -n $ns link set eth0 up
  done
  ip -n lzq-rtr link set eth1 up
  ip -n lzq-dev addr add ${DEVICE.address}/24 dev eth0; ip -n lzq-dev addr add ${DEVICE.address6}/64 dev eth0 nodad
  ip -n lzq-rtr addr add ${ROUTER.address}/24 dev eth0; ip -n lzq-rtr addr add ${ROUTER.address6}/64 dev eth0 nodad
  ip -n lzq-rtr addr add ${PROBE.address}/32 dev lo; ip -n lzq-rtr addr add ${PROBE.address6}/128 dev lo nodad
  ip -n lzq-dev route add default via ${ROUTER.address}; ip -n lzq-dev -6 route add default via ${ROUTER.address6}`;
const GONE = 'for ns in lzq-dev lzq-rtr; do ip netns del $ns 2>/dev/null || true; done';

const request: DrillRequest = {
  drillId: '01932b1c-0000-7000-8000-00000000000d',
  pointId: ID,
  requestedBy: 'ann',
  requestedAt: '2026-01-05T08:00:00.000Z',
  expiresAt: '2026-01-05T08:01:00.000Z',
  port: 'lzq-d',
  mac: DEVICE.mac,
  mode: null,
};

describe('a drill over real TCP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-trial-'));
  const socket = join(folder, 'agent.sock');
  let real: PrivateSwitch;
  let agent: ChildProcess;
  let driver: OvsDriver;
  let before: string;

  beforeAll(async () => {
    await sh(`${GONE}; ${NETWORK}`);
    real = await PrivateSwitch.start('lzq-br0', []);
    const ports = { 'lzq-d': 10, 'lzq-r10': 10, 'lzq-r66': 66 };
    for (const [port, tag] of Object.entries(ports)) await real.vsctl('add-port', 'lzq-br0', port, `tag=${tag}`);
    agent = spawn('ip', ['netns', 'exec', 'lzq-rtr', process.execPath, AGENT, '--socket', socket, ...only()]);
    await new Promise<void>((resolve) => {
      agent.stdout?.on('data', (text: Buffer) => text.includes('"ready"') && resolve());
    });
    driver = new OvsDriver(
      ovsPointSchema.parse({
        kind: 'ovs',
        id: ID,
        ovsdb: `unix:${real.databaseSocket}`,
        openflow: `unix:${real.openflowSocket}`,
        bridge: 'lzq-br0',
        quarantineVlan: 66,
        vlans: home,
      }),
    );
    before = await state();
  });

  afterAll(async () => {
    agent?.kill();
    await driver?.close();
    await real?.stop();
    await sh(GONE);
    rmSync(folder, { recursive: true });
  });

  const state = async (): Promise<string> =>
    (await real.vsctl('--columns=tag,protected,external_ids', 'list', 'port', 'lzq-d')) +
    (await real.ofctl('dump-flows', '--no-stats'));

  const drill = async (mode: DrillRequest['mode']): Promise<Outcome> => {
    const declared = { point: ID, port: 'lzq-d', ...DEVICE, probe: { ...PROBE, agent: `unix:${socket}` } };
    const testPort = { ...testPortSchema.parse(declared), switch: ID };
    const facts = { id: ID, switches: [ID], policyPoint: null, quarantineVlan: 66, vlans: home };
    const all = new Map([[ID, { facts, profile: driver.profile, driver }]]);
    const points = trialPoints(all, { ...request, mode }, testPort);
    if (typeof points === 'string') throw new Error(points);
    const prober = new AgentProber(`unix:${socket}`);
    let fence = 0;
    const done = (): Promise<void> => Promise.resolve();
    const begin = () => Promise.resolve({ attemptId: 'a', fence: (fence += 1) + Date.now() });
    const store = { renew: () => Promise.resolve(true), begin, ended: done, noteWritten: done, noteReleasing: done };
    const interlocks = { protectedMacs: [], infrastructureMacs: [ROUTER.mac], isolationsAnHour: 1 };
    const surroundings = { location: null, neighbours: [], isIsolated: false };
    const tools = { store, points: all, locks: new PointLocks(), now: () => new Date(), prober, keepUndo: done };
    return runTrial(
      { request: { ...request, mode }, testPort, points, surroundings, number: 99, interlocks },
      { ...tools, signal: new AbortController().signal, patienceMs: 20_000 },
    ).finally(() => prober.close());
  };

  it.each(['filter', 'vlan-bridged'] as const)('confirms what Open vSwitch does in mode %s, IPv6 too', async (mode) => {
    const begun = Date.now();
    const { state: ended, findings, measured } = await drill(mode);
    console.warn(
      `${mode}: ${Date.now() - begun} ms\n${findings.map((one) => `${one.check}: ${one.detail}`).join('\n')}`,
    );
    expect([ended, findings.filter(({ ok }) => ok !== true)]).toEqual(['passed', []]);
    expect(measured).toEqual({
      order: 'make-before-break',
      interruption: 'none',
      direction: 'both',
      covers: 'all',
    });
    expect(await state()).toBe(before);
  });
});

function only(): string[] {
  return [DEVICE.address, DEVICE.address6].flatMap((address) => ['--only', address]);
}
