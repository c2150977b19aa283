import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PointIsolation, PointPermit } from '#driver';
import { FULL_STUDY, HOSTS, SMALL_STUDY, startWard, type Ward } from '../../../../../test/ward/index.js';
import { ovsPointSchema } from './config.js';
import { OvsDriver } from './ovs.driver.js';

const fence = { pointId: 'ovs-1', number: 1 };
const gateway = { address: '10.10.0.1', mac: '00:16:3e:00:00:10', port: 'wl-r10' };
const point = ovsPointSchema.parse({
  kind: 'ovs',
  id: 'ovs-1',
  ovsdb: 'tcp:10.99.0.2:6640',
  openflow: 'tcp:10.99.0.2:6653',
  bridge: 'wl-br0',
  quarantineVlan: 66,
  vlans: [{ vlan: 10, subnet: '10.10.0.0/24', gateway }],
});
const permit = (
  transport: 'tcp' | 'udp',
  peerAddress: string,
  port: number,
  opener: 'device' | 'peer',
): PointPermit => ({
  flowId: `${peerAddress}:${port}`,
  peerAddress,
  transport,
  port,
  opener,
  nextHop: gateway,
});
const mri: PointIsolation = {
  deviceNumber: 1,
  quarantineId: '01932b1c-0000-7000-8000-000000000001',
  generation: 1,
  mac: HOSTS.mri.mac,
  address: HOSTS.mri.address,
  switch: 'ovs-1',
  port: HOSTS.mri.port,
  mode: 'vlan-bridged',
  quarantineVlan: 66,
  homeVlan: 10,
  alone: true,
  permits: [
    permit('tcp', HOSTS.archive.address, 104, 'device'),
    permit('tcp', HOSTS.archive.address, 11112, 'device'),
    permit('tcp', HOSTS.archive.address, 11113, 'peer'),
    permit('tcp', HOSTS.worklist.address, 105, 'device'),
    permit('udp', HOSTS.dns.address, 53, 'device'),
  ],
};

/** Real veths, real DICOM and a worm: what the conformance suite can't show with single frames. */
describe('the driver ovs in the ward', () => {
  let dir: string;
  let ward: Ward;
  const driver = new OvsDriver(point);

  beforeAll(async () => {
    dir = mkdtempSync('/tmp/lazaret-ward-');
    ward = await startWard({ dir });
  });

  afterAll(async () => {
    await driver.close();
    await ward?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(['vlan-bridged', 'filter'] as const)(
    '%s: a study in flight arrives whole, and the worm nowhere',
    async (mode) => {
      const isolation: PointIsolation = { ...mri, mode, quarantineVlan: mode === 'filter' ? null : 66 };
      const places = await Promise.all([
        ward.capture('ct', `ether src ${mri.mac} and not udp`),
        ward.capture('mri2', `ether src ${mri.mac} and not udp`),
        ward.capture('uplink', `src host ${mri.address}`),
      ]);
      const modality = await ward.startModality('mri', {
        shape: { ...FULL_STUDY, instances: 4 },
        worklistEveryMs: 1000,
      });
      const worm = await ward.infect({ names: ['example.test'], profile: 'conficker' });
      await Promise.all(places.map((place) => place.first(() => true, 10_000)));

      await driver.apply({ kind: 'install-entries', isolation }, fence);
      if (mode === 'vlan-bridged') await driver.apply({ kind: 'move-port', isolation }, fence);
      const isolatedAt = Date.now();
      await modality.until(({ kind }) => kind === 'study', 60_000);
      await sleep(4000);
      const tried = (await worm.stop()).filter(({ at }) => at > isolatedAt);
      const witness = await ward.witness(await modality.stop());

      expect(tried.length).toBeGreaterThan(20);
      for (const place of places) {
        const late = (await place.stop()).filter(({ time }) => time > isolatedAt);
        expect(late).toEqual([]);
      }
      expect(witness.sentInstances).toBeGreaterThan(0);
      expect(witness).toMatchObject({
        equal: witness.sentInstances,
        missing: [],
        different: [],
        failedStudies: [],
        failedQueries: [],
      });
      expect(await ward.ping('ct', 'mri')).toBe(0);
      const { entries } = await driver.read();
      expect(
        entries.filter(({ kind }) => kind === 'deny').reduce((sum, { packets }) => sum + packets, 0),
      ).toBeGreaterThan(0);

      const { port, mac, quarantineId, quarantineVlan, homeVlan, deviceNumber } = isolation;
      await driver.apply({ kind: 'restore-port', port, mac, quarantineId, quarantineVlan, homeVlan }, fence);
      await driver.apply({ kind: 'remove-entries', deviceNumber }, fence);
      expect(await ward.ping('ct', 'mri')).toBe(3);
      expect((await driver.read()).entries).toEqual([]);
    },
  );

  it('commits storage by the call-back of the archive while the device is in quarantine', async () => {
    await driver.apply({ kind: 'install-entries', isolation: mri }, fence);
    await driver.apply({ kind: 'move-port', isolation: mri }, fence);
    const modality = await ward.startModality('mri', { shape: SMALL_STUDY });
    await modality.until(({ kind }) => kind === 'commitment-report', 30_000);
    const witness = await ward.witness(await modality.stop());
    expect(witness.commitmentsReported).toBeGreaterThan(0);
    expect(witness.failedStudies).toEqual([]);
  });
});
