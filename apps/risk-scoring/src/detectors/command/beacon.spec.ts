import type { FlowEnded } from '#events';
import { attempt, contract, MRI, Scene } from '../../../test/observing.js';
import { beaconScore } from './beacon/score.js';

const HOUR = 3600;
const FLEET = Array.from({ length: 12 }, (_, i) => `device-${i}`);

function flow(second: number, peerName: string | null, differences: Partial<FlowEnded> = {}): FlowEnded {
  const { outcome: _, ...ends } = attempt(second, { peerAddress: '203.0.113.9', port: 443 });
  return { ...ends, kind: 'flow', peerName, bytesSent: 512, bytesReceived: 900, ...differences };
}

/** Hours of a fleet with contracts, each device of which reaches its own things now and then, irregularly. */
function fleet(): Scene {
  const scene = new Scene();
  for (const [i, id] of [...FLEET, MRI].entries()) {
    scene.has(contract(id, [{ peerAddress: '10.20.0.10', port: 104 }]));
    for (const at of [17, 5000, 9100, 30_000, 61_111])
      scene.sees(id, flow(at * (1 + i / 40), `site-${i}.example`, { bytesSent: 100 + ((at * 37) % 9000) }));
  }
  return scene;
}

const every = (seconds: number, hours: number) =>
  Array.from({ length: Math.floor((hours * HOUR) / seconds) }, (_, i) => 2 * HOUR + i * seconds);

describe('a beacon', () => {
  it('counts once a day where the profile is known and hardly anybody else goes there', () => {
    const scene = fleet();
    const found = every(240, 22).flatMap((at) => scene.sees(MRI, flow(at, 'check-in.example')));
    expect(found).toMatchObject([{ detector: 'beacon', decibans: 15, label: 'check-in.example' }]);
  });

  it('is found whatever its pace, from seconds to half an hour', () => {
    for (const pace of [20, 60, 900, 1800]) {
      const scene = fleet();
      const found = every(pace, 20).flatMap((at) => scene.sees(MRI, flow(at, 'check-in.example')));
      expect([pace, found.length]).toEqual([pace, 1]);
    }
  });

  it('is none where the whole fleet goes', () => {
    const scene = fleet();
    const found = every(240, 22).flatMap((at) =>
      [...FLEET, MRI].flatMap((id) => scene.sees(id, flow(at, 'time.example'))),
    );
    expect(found).toEqual([]);
  });

  it('never counts without a known profile, in a fleet too small to compare, or as a flow of the contract', () => {
    const withoutProfile = fleet();
    expect(every(240, 22).flatMap((at) => withoutProfile.sees('newcomer', flow(at, 'check-in.example')))).toEqual([]);
    const alone = new Scene();
    alone.has(contract(MRI, []));
    expect(every(240, 22).flatMap((at) => alone.sees(MRI, flow(at, 'check-in.example')))).toEqual([]);
    const agreed = fleet();
    const licence = { peerAddress: '203.0.113.9', port: 443 };
    agreed.has(contract(MRI, [licence]));
    expect(every(240, 22).flatMap((at) => agreed.sees(MRI, flow(at, null, licence)))).toEqual([]);
  });

  it('is none to an inside peer or below the suffixes of the site', () => {
    const scene = fleet();
    const found = every(240, 22).flatMap((at) => [
      ...scene.sees(MRI, flow(at, null, { peerInside: true })),
      ...scene.sees(MRI, flow(at, 'archive.ward.test', { peerInside: true })),
    ]);
    expect(found).toEqual([]);
  });
});

describe('the score of a beacon', () => {
  const day = { from: 0, to: 24 * HOUR };
  const of = (contacts: { at: number; sent: number }[]) => beaconScore(contacts, day)?.score ?? 0;

  it('is 1 for a clockwork, over 0.8 for one that sleeps up to half as long again, and low for a person', () => {
    const clock = Array.from({ length: 288 }, (_, i) => ({ at: i * 300, sent: 400 }));
    const sleepy = clock.map(({ at }, i) => ({ at: at + ((i * 7919) % 150), sent: 400 }));
    const person = Array.from({ length: 60 }, (_, i) => ({
      at: 9 * HOUR + ((i * i * 7919) % 7200),
      sent: (i * 7907) % 20_000,
    }));
    expect(of(clock)).toBeCloseTo(1, 2);
    expect(of(sleepy)).toBeGreaterThan(0.8);
    expect(of(person)).toBeLessThan(0.6);
  });

  it('is none of three contacts, nor of a connection that never pauses', () => {
    expect(
      beaconScore(
        [1, 2, 3].map((at) => ({ at: at * HOUR, sent: 1 })),
        day,
      ),
    ).toBeNull();
    const strobe = Array.from({ length: 86_400 }, (_, at) => ({ at, sent: 1 }));
    expect(beaconScore(strobe, day)).toBeNull();
  });
});
