import { ARCHIVE, attempt, contract, CT, MRI, Scene } from '../../../test/observing.js';

const decibans = (scene: Scene, device = MRI, second = 10) =>
  scene.assessment(device, second).parts.find((part) => part.detector === 'scan')?.decibans ?? 0;

describe('scan', () => {
  it.each(['refused', 'silent', 'unreachable'] as const)('weighs a first contact that was %s by 6.02 dB', (outcome) => {
    const [found] = new Scene().sees(MRI, attempt(0, { outcome }));
    expect(found).toMatchObject({ detector: 'scan', decibans: 6.02, trustDomain: 'switch', binding: 'bound' });
  });

  it('weighs a first contact once in 24 h, counted from when it was last seen', () => {
    const scene = new Scene();
    const day = 24 * 3600;
    const weighed = [0, 1, day - 1, 2 * day - 2, 3 * day].map((second) => scene.sees(MRI, attempt(second)).length);
    expect(weighed).toEqual([1, 0, 0, 0, 1]);
  });

  it('counts another port of the same peer as a first contact', () => {
    const scene = new Scene();
    scene.sees(MRI, attempt(0), attempt(0, { port: 139 }));
    expect(decibans(scene)).toBeCloseTo(12.04, 1);
  });

  it('takes 6.02 dB off for each new contact that answers, and never goes below nothing', () => {
    const scene = new Scene();
    scene.sees(MRI, attempt(0, { peerAddress: '10.20.0.10', outcome: 'answered' }));
    scene.sees(MRI, attempt(1), attempt(1, { peerAddress: '172.20.5.6' }));
    scene.sees(MRI, attempt(2, { peerAddress: '10.20.0.11', outcome: 'answered' }));
    expect(decibans(scene)).toBeCloseTo(6.02, 1);
  });

  it('weighs nothing that our own rule denied, and keeps the contact a first one for later', () => {
    const scene = new Scene();
    expect(scene.sees(MRI, attempt(0, { outcome: 'denied' }))).toEqual([]);
    expect(scene.sees(MRI, attempt(60))).toHaveLength(1);
  });

  it('corrects a silence when its answer comes late, to what an answer in time would have been', () => {
    const late = new Scene();
    const silent = attempt(0.1, { peerAddress: '10.10.0.47' });
    late.sees(MRI, attempt(0), silent, attempt(0.2, { peerAddress: '10.10.0.48' }));
    const [correction] = late.sees(MRI, { ...silent, outcome: 'answered' });
    expect(correction?.evidenceId).toBe(`scan-corrected-${silent.observationId}`);

    const inTime = new Scene();
    inTime.sees(MRI, attempt(0), { ...silent, outcome: 'answered' }, attempt(0.2, { peerAddress: '10.10.0.48' }));
    expect(decibans(late)).toBeCloseTo(decibans(inTime), 3);
    expect(late.sees(MRI, { ...silent, outcome: 'answered' })).toEqual([]);
  });

  it('weighs no UDP yet', () => {
    expect(new Scene().sees(MRI, attempt(0, { transport: 'udp', port: 53 }))).toEqual([]);
  });

  it('fades by half in two hours', () => {
    const scene = new Scene();
    scene.sees(MRI, attempt(0));
    expect(decibans(scene, MRI, 7200)).toBeCloseTo(3.01, 9);
  });

  it('holds nothing against a device whose packet entered at another port', () => {
    expect(new Scene().sees(MRI, attempt(0, { binding: 'contradicted' }))).toEqual([]);
  });

  it('puts what no sensor binds into the domain "claimed", whoever reports it', () => {
    const scene = new Scene();
    const [found] = scene.sees(MRI, attempt(0, { binding: 'claimed', trustDomain: 'netflow' }));
    expect(found).toMatchObject({ trustDomain: 'claimed', binding: 'claimed' });
  });
});

describe('common cause', () => {
  it('excuses a destination that has answered another device within 24 h, in the same realm', () => {
    const scene = new Scene();
    const server = { peerAddress: '10.20.0.99', port: 443 };
    scene.sees(CT, attempt(0, { ...server, outcome: 'answered' }));
    expect(scene.sees(MRI, attempt(60, server))).toEqual([]);
    expect(scene.sees(MRI, attempt(61, { ...server, port: 444 }))).toHaveLength(1);
    expect(scene.sees(ARCHIVE, attempt(24 * 3600, server))).toHaveLength(1);
  });

  it("excuses the flows of the device's contract, and lets it earn nothing by them", () => {
    const scene = new Scene();
    scene.has(contract(MRI, [{ peerAddress: '10.20.0.10', port: 104 }]));
    scene.sees(MRI, attempt(0));
    const store = { peerAddress: '10.20.0.10', peerDeviceId: ARCHIVE, port: 104 };
    expect(scene.sees(MRI, attempt(1, store))).toEqual([]);
    expect(scene.sees(MRI, attempt(2, { ...store, outcome: 'answered' }))).toEqual([]);
    expect(scene.sees(CT, attempt(3, { ...store, peerAddress: '10.20.0.12' }))).toHaveLength(1);
  });

  it("excuses the archive's call-back, which stands in the contract of the modality", () => {
    const scene = new Scene();
    scene.has(contract(MRI, [{ peerAddress: '10.20.0.10', port: 11113, opener: 'peer' }]));
    const callBack = { localAddress: '10.20.0.10', peerAddress: '10.10.0.11', peerDeviceId: MRI, port: 11113 };
    expect(scene.sees(ARCHIVE, attempt(0, callBack))).toEqual([]);
    expect(scene.sees(ARCHIVE, attempt(0, { ...callBack, port: 22 }))).toHaveLength(1);
    expect(scene.sees(CT, attempt(0, { ...callBack, localAddress: '10.10.0.13' }))).toHaveLength(1);
  });
});
