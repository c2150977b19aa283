import { playContainment } from '../demo/containment.js';
import { untilQuarantine, startWorm, quarantineEvents } from '../stage/quarantines.js';
import { openStage, type Stage } from '../stage/stage.js';
import { ourFlows, switchTables, type SwitchTables } from '../stage/switch-tables.client.js';
import { HOSTS, SMALL_STUDY, VLANS, linkLocalOf, type Packet, type SwitchedHost } from '../ward/index.js';

const { archive, mri, mri2 } = HOSTS;
const quiet = (): void => undefined;

/** The policy isolates alone. The tests are one story: each begins where the one before has ended. */
describe('a policy that isolates alone', () => {
  let stage: Stage;
  let mriId: string;
  let mri2Id: string;
  let before: SwitchTables;

  beforeAll(async () => {
    stage = await openStage({ name: 'e2e-auto', log: quiet });
    [mriId, mri2Id] = await Promise.all([stage.deviceId('mri-1'), stage.deviceId('mri-2')]);
    before = await switchTables(stage.ward);
  }, 180_000);

  afterAll(async () => {
    await stage?.close();
  }, 60_000);

  /** Answers to three pings each, by IPv4 and by the link-local address. */
  const answers = async (from: SwitchedHost, to: SwitchedHost): Promise<[number, number]> => [
    await stage.ward.ping(from, to),
    await stage.ward.ping(from, to, { ipv6: true }),
  ];

  it('isolates an infected MRI and proves it, while its images arrive and nothing else of it does', async () => {
    expect(await answers('mri', 'ct')).toEqual([3, 3]);
    expect(await answers('mri', 'mri2')).toEqual([3, 3]);
    expect(await stage.ward.ping('archive', 'mri')).toBe(3);
    const study = { instances: 8, instanceKib: 2048 };
    const { verdicts } = await playContainment(stage, { study, afterMoveMs: 8000, timeoutMs: 90_000, tell: quiet });
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdicts).toHaveLength(8);
    const port = await stage.ward.switch.port(mri.port);
    expect(port).toMatchObject({ tag: VLANS.quarantine, protected: true });
    expect((await ourFlows(stage.ward)).length).toBeGreaterThan(0);
    // Nobody was asked, and nobody else was touched.
    expect(
      quarantineEvents(stage, mriId).find(({ event }) => event.data.decision === 'approved')?.event.data,
    ).toMatchObject({ actor: 'policy' });
    const { ports } = await switchTables(stage.ward);
    expect({ ...ports, [mri.port]: '' }).toEqual({ ...before.ports, [mri.port]: '' });
  });

  it('cuts IPv6 and ARP to neighbours, which healthy neighbours still have with each other', async () => {
    expect(await answers('mri', 'ct')).toEqual([0, 0]);
    expect(await answers('ct', 'mri')).toEqual([0, 0]);
    expect(await stage.ward.arp('ct', 'mri')).toBe(false);
    expect(await answers('ct', 'mri2')).toEqual([3, 3]);
    expect(await stage.ward.arp('ct', 'mri2')).toBe(true);
  });

  it('lets the worklist and the call-back of the archive through in quarantine, and nothing else of the archive', async () => {
    const atMri = await stage.ward.capture('mri', `src host ${archive.address} and not tcp port 104`);
    const modality = await stage.ward.startModality('mri', { shape: SMALL_STUDY, worklistEveryMs: 1000 });
    await modality.until(({ kind }) => kind === 'worklist', 30_000);
    await modality.until(({ kind }) => kind === 'commitment-report', 30_000);
    expect(await stage.ward.ping('archive', 'mri')).toBe(0);
    const witness = await stage.ward.witness(await modality.stop());
    const packets = await atMri.stop();
    expect(witness.equal).toBeGreaterThan(0);
    expect(witness).toMatchObject({ missing: [], different: [], failedStudies: [], failedQueries: [] });
    expect(witness.failedCommitments).toEqual([]);
    expect(witness.worklistAnswers).toBeGreaterThan(0);
    const opened = packets.filter(({ flags }) => flags === 'S');
    expect(opened.length).toBeGreaterThan(0);
    expect(new Set(opened.map(({ destinationPort }) => destinationPort))).toEqual(new Set([11113]));
    expect(packets.filter(({ protocol }) => protocol === 'icmp')).toEqual([]);
  });

  it('keeps two quarantined devices apart', async () => {
    const worm = await startWorm(stage, 'mri2');
    await untilQuarantine(stage, mri2Id, { decision: 'approved', truth: 'proven' }, { timeoutMs: 90_000 });
    await worm.stop();
    expect((await stage.ward.switch.port(mri2.port)).tag).toBe(VLANS.quarantine);
    const leaving = await Promise.all(
      [mri, mri2].map(({ port, mac }) => stage.ward.capture({ port }, `ether src ${mac}`)),
    );
    const arriving = await Promise.all([
      stage.ward.capture('mri', `ether src ${mri2.mac}`),
      stage.ward.capture('mri2', `ether src ${mri.mac}`),
    ]);
    expect(await answers('mri', 'mri2')).toEqual([0, 0]);
    expect(await answers('mri2', 'mri')).toEqual([0, 0]);
    expect(await answers('ct', 'mri2')).toEqual([0, 0]);
    // Their worms have left them neighbour entries: what they tried did leave them, of both kinds.
    const [ofMri = [], ofMri2 = []] = await Promise.all(leaving.map((capture) => capture.stop()));
    expect(triedTo(ofMri, mri2.address, linkLocalOf(mri2.mac))).toEqual([true, true]);
    expect(triedTo(ofMri2, mri.address, linkLocalOf(mri.mac))).toEqual([true, true]);
    for (const capture of arriving) expect(await capture.stop()).toEqual([]);
    expect(await stage.ward.clinic.echo('mri', 'archive')).toBe(0);
    expect(await stage.ward.clinic.echo('mri2', 'archive')).toBe(0);
    expect(await stage.ward.ping('ct', 'archive')).toBe(3);
  });

  it('restores on release exactly what was there, and traffic flows again', async () => {
    const { rest, tokens, ward } = stage;
    const since = Date.now();
    for (const deviceId of [mriId, mri2Id]) {
      const { quarantineId } = quarantineEvents(stage, deviceId).at(-1)?.event.data ?? {};
      const reason = 'cleaned and looked at';
      const answer = await rest.as(tokens.approver).post(`/v1/quarantines/${quarantineId}/releases`, { reason });
      expect(answer).toMatchObject({ status: 201, body: { decision: 'released' } });
    }
    for (const deviceId of [mriId, mri2Id]) {
      await untilQuarantine(stage, deviceId, { decision: 'released', truth: 'proven' }, { since });
    }
    expect(await switchTables(ward)).toEqual(before);
    expect(await ourFlows(ward)).toEqual([]);
    expect(await answers('mri', 'ct')).toEqual([3, 3]);
    expect(await answers('mri', 'mri2')).toEqual([3, 3]);
    expect(await ward.ping('archive', 'mri')).toBe(3);
    const modality = await ward.startModality('mri', { shape: SMALL_STUDY, worklistEveryMs: 1000 });
    await modality.until(({ kind }) => kind === 'commitment-report', 30_000);
    const witness = await ward.witness(await modality.stop());
    expect(witness).toMatchObject({ missing: [], different: [], failedStudies: [], failedQueries: [] });
    // Healthy now: nobody proposes it again on what was known before.
    const last = (deviceId: string): string | undefined =>
      quarantineEvents(stage, deviceId).at(-1)?.event.data.decision;
    expect([last(mriId), last(mri2Id)]).toEqual(['released', 'released']);
    expect(await switchTables(ward)).toEqual(before);
  });

  it('keeps an audit trail of it all that verifies', async () => {
    const { code, stdout } = await stage.lazaret(['audit', 'verify']);
    expect(`${code} ${stdout}`).toMatch(/^0 /);
    expect(stage.recorder.invalid).toEqual([]);
    expect(stage.recorder.of('lazaret.dead-letter.kept')).toEqual([]);
  });
});

function triedTo(packets: Packet[], address: string, linkLocal: string): [boolean, boolean] {
  return [packets.some((p) => p.destination === address), packets.some((p) => p.destination === linkLocal)];
}
