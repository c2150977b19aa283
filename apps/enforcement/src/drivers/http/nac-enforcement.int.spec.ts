import { MRI, Scene, wish } from '../../../test/scene.js';
import type { Isolation } from '../../wanted/wanted.js';
import { clearpassFixture } from '../clearpass/testing/clearpass-fixture.client.js';
import { forescoutFixture } from '../forescout/testing/forescout-fixture.client.js';
import { mistFixture } from '../mist/testing/mist-fixture.client.js';
import { packetfenceFixture } from '../packetfence/testing/packetfence-fixture.client.js';
import type { NacFixture } from './testing/nac-fixture.client.js';
import type { NacModel } from './testing/stand-in.client.js';
import { newTlsIdentity, type TlsIdentity } from './testing/tls-identity.client.js';

const facts = { id: 'nac-1', switches: ['sw-1'], policyPoint: null, quarantineVlan: 66, vlans: [] };
const patient: Partial<Isolation> = { maxInterruptionMs: 60_000 };

type NewFixture = (identity: TlsIdentity, changes?: Record<string, unknown>) => Promise<NacFixture<NacModel>>;
const kinds: readonly [string, NewFixture][] = [
  ['packetfence', packetfenceFixture],
  ['clearpass', clearpassFixture],
  ['forescout', forescoutFixture],
  ['mist', mistFixture],
];

describe.each(kinds)('enforcement with a point %s', (kind, newFixture) => {
  let identity: TlsIdentity;
  let fixture: NacFixture<NacModel>;
  let scene: Scene;

  beforeAll(() => {
    identity = newTlsIdentity();
  });
  afterAll(() => identity.remove());

  beforeEach(async () => {
    fixture = await newFixture(identity);
    const driver = fixture.newDriver();
    scene = new Scene();
    scene.points = () => [{ facts, profile: driver.profile, driver }];
  });
  afterEach(() => fixture.stop());

  it('plans, isolates, and takes away nothing but its own', async () => {
    const before = await fixture.peer.stateOf(MRI);
    await scene.want(patient);
    expect(await fixture.peer.stateOf(MRI)).toBe(before);
    expect(scene.plan().interfaces).toEqual([expect.objectContaining({ planMode: 'vlan-bridged', delegate: 'nac-1' })]);
    await scene.settle();
    expect(await fixture.peer.isIsolated(MRI)).toBe(true);
    expect(scene.conditions()).toEqual(expect.not.arrayContaining(['Failed', 'PendingReconnect', 'Conflict']));
    scene.disk.wanted = wish({ ...patient, mode: 'release', generation: 3 });
    await scene.settle();
    expect(await fixture.peer.stateOf(MRI)).toBe(before);
  });

  it('F6 says PendingReconnect of a device that has no session', async () => {
    await fixture.peer.endSession?.(MRI);
    await scene.want(patient);
    await scene.settle();
    expect(scene.conditions()).toContain('PendingReconnect');
  });

  it('F19 F33 asks its own protected list, which no exemption of the NAC replaces', async () => {
    await scene.want(patient);
    scene.interlocks = { ...scene.interlocks, protectedMacs: [MRI] };
    await scene.settle();
    expect(fixture.standIn.writes).toBe(0);
    expect(await fixture.peer.isIsolated(MRI)).toBe(false);
    expect(scene.conditions()).toContain('Failed');
  });

  it('F13 refuses to plan over what somebody else has assigned', async () => {
    await fixture.peer.changeByHand?.(MRI);
    await scene.want(patient).catch(() => undefined);
    expect(JSON.stringify(scene.plan())).toContain('assigned-by-others');
    expect([kind, fixture.standIn.writes]).toEqual([kind, 0]);
  });

  it('F1 refuses what a device with a fixed address would not outlive: a VLAN where it is routed', async () => {
    await scene.want(patient);
    const refused = scene.plan().refusedModes.filter(({ planMode }) => planMode === 'vlan-routed');
    expect(refused).toEqual([expect.objectContaining({ mac: MRI })]);
  });
});
