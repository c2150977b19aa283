import {
  conversationsSeen,
  deviceChanged as deviceChangedSchema,
  observationsReported,
  makeEvent,
  type Conversation,
} from '#events';
import { deviceChanged, deviceData } from '../devices/device-event.js';
import { replay, type Bench } from './replay.fixture.js';

let ward: Bench;
beforeAll(() => (ward = replay()));

const attempts = (device: string) =>
  ward
    .of(device)
    .flatMap((o) => (o.kind === 'attempt' ? [`${o.binding} ${o.peerAddress}:${o.port} ${o.outcome}`] : []));
const names = (device: string) =>
  ward.of(device).flatMap((o) => (o.kind === 'name' ? [`${o.binding} ${o.queryType} ${o.name} ${o.answer}`] : []));
const conversations = (device: string): Conversation[] =>
  ward.due.filter(({ deviceId }) => deviceId === device).flatMap((due) => due.conversations);

describe('the recorded ward', () => {
  it('shows each attempt of the MRI once, with what became of it', () => {
    expect(attempts('mri')).toEqual([
      'bound 10.10.0.1:445 refused',
      'bound 10.10.0.13:80 answered',
      'bound 10.20.0.10:104 answered',
      'bound 10.10.0.47:445 silent',
      'bound 10.10.0.51:445 silent',
      'bound 10.10.0.52:445 silent',
      'bound 10.10.0.53:445 silent',
      'bound 10.10.0.47:445 denied',
      'contradicted 10.10.0.47:445 silent',
    ]);
  });

  it('shows an attempt against the quarantined MRI as denied', () => {
    expect(attempts('ct')).toEqual(['bound 10.10.0.11:22 denied']);
  });

  it('shows each look-up bound by the record of its packet, and leaves out what is no name and what is the site’s own', () => {
    expect(names('mri')).toEqual([
      'bound A abcdefgh.net nxdomain',
      'bound A clock.example answered',
      'bound PTR 11.0.10.10.in-addr.arpa nxdomain',
      'contradicted A cloned.example nxdomain',
    ]);
    expect(ward.counters.get('look-up.left-out:own-name')).toBe(1);
  });

  it('tells a refusal and a look-up within a few milliseconds, and silence after a second', () => {
    const waited = ward
      .of('mri')
      .flatMap((o) =>
        o.kind === 'attempt' ? [[o.outcome, Date.parse(o.receivedAt) - Date.parse(o.at)] as const] : [],
      );
    for (const [outcome, ms] of waited) {
      if (outcome === 'silent') expect(ms).toBeGreaterThanOrEqual(995);
      expect(ms).toBeLessThan(outcome === 'silent' ? 1030 : 30);
    }
  });

  it('names the port of the clone, and lays nothing else at the door of the MRI', () => {
    const occupant = ward.register.occupantOf('ovs-1', 'wl-clone', 'mri');
    expect(occupant).toMatchObject({ asset: null, interfaces: [], description: { name: 'unknown at ovs-1 wl-clone' } });
    expect(ward.of(occupant?.deviceId ?? '')).toMatchObject([
      {
        kind: 'address-taken-over',
        claimedDeviceId: 'mri',
        claimedMac: '08:00:06:10:00:11',
        pointId: 'ovs-1',
        port: 'wl-clone',
      },
    ]);
  });

  it('keeps the MRI at its port when the clone takes its place in the table, and calls it ambiguous', () => {
    const data = deviceData(ward.register.get('mri')!, { site: 'north', realm: 'default' }, ward.register.ports);
    expect(data.interfaces).toMatchObject([{ port: 'wl-mri', vlan: 10, linkUp: true, ambiguous: true }]);
  });

  it('counts a routed transfer once, at the port of the device, and at the port of its peer for its peer', () => {
    const sums = (device: string, peer: string) =>
      conversations(device)
        .filter((c) => c.peerAddress === peer && c.port === 104 && c.sampledOneIn === 1)
        .reduce((sum, c) => ({ out: sum.out + c.framesOut, in: sum.in + c.framesIn }), { out: 0, in: 0 });
    const mri = sums('mri', '10.20.0.10');
    expect(mri.out).toBeGreaterThan(450);
    expect(sums('archive', '10.10.0.11')).toEqual({ out: mri.in, in: mri.out });
  });

  it('tells who opened: the archive is spoken to, and the archive knows it too', () => {
    const openers = (device: string) =>
      new Set(
        conversations(device)
          .filter((c) => c.port === 104)
          .map((c) => c.opener),
      );
    expect(openers('mri')).toEqual(new Set(['device']));
    expect(openers('archive')).toEqual(new Set(['peer']));
  });

  it('never shows an exchange by halves', () => {
    const halves = conversations('mri').filter(
      (c) => c.port === 104 && c.sampledOneIn === 1 && c.framesOut > 0 && c.framesIn === 0,
    );
    expect(halves).toEqual([]);
  });

  it('tells denied frames at once, both ways, of every ethertype', () => {
    const denied = ward.due.flatMap(({ deviceId, conversations: all, at }) =>
      deviceId === 'mri'
        ? all.filter((c) => c.deniedOut + c.deniedIn > 0).map((c) => ({ c, late: at - Date.parse(c.windowTo) }))
        : [],
    );
    expect(new Set(denied.map(({ c }) => c.etherType))).toEqual(new Set([0x0800, 0x0806, 0x86dd]));
    expect(denied.some(({ c }) => c.deniedIn > 0)).toBe(true);
    expect(Math.max(...denied.map(({ late }) => late))).toBeLessThan(30);
  });

  it('tells permitted frames at once, as sampled', () => {
    const permitted = conversations('mri').filter((c) => c.sampledOneIn === 64);
    expect(permitted).toHaveLength(2);
    for (const c of permitted) expect([c.framesOut, c.framesIn].sort()).toEqual([0, 1]);
  });

  it('shows nothing beyond in quarantine but what a permit line forwarded', () => {
    const from = Math.min(
      ...conversations('mri')
        .filter((c) => c.deniedOut > 0)
        .map((c) => Date.parse(c.windowFrom)),
    );
    const beyond = conversations('mri').filter(
      (c) => c.framesBeyond > 0 && Date.parse(c.windowFrom) > from && Date.parse(c.windowTo) < from + 3900,
    );
    expect(new Set(beyond.map((c) => `${c.etherType} ${c.peerAddress} ${c.port}`))).toEqual(
      new Set(['2048 10.20.0.10 104', '2054 null null']),
    );
  });

  it('makes only events that their readers take', () => {
    const time = new Date();
    for (const { deviceId, observation } of ward.told) {
      const data = { deviceId, site: 'north', realm: 'default', observations: [observation] };
      observationsReported.parse(
        makeEvent({ type: 'lazaret.observations.reported', source: '/discovery', subject: deviceId, time, data }),
      );
    }
    for (const { deviceId, sensorId, conversations: all } of ward.due) {
      const data = { deviceId, sensorId, observedUntil: time.toISOString(), conversations: all };
      conversationsSeen.parse(
        makeEvent({ type: 'lazaret.conversations.seen', source: '/discovery', subject: deviceId, time, data }),
      );
    }
    for (const id of ward.register.takeTouched()) {
      const data = deviceData(ward.register.get(id)!, { site: 'north', realm: 'default' }, ward.register.ports);
      deviceChangedSchema.parse(deviceChanged(data, 1, time));
    }
  });
});
