import fc from 'fast-check';
import { FLOW_KINDS, type Flow } from '../sensors/flow.js';
import { AttemptPairing, REMEMBERED_MS, SILENT_AFTER_MS, type AttemptFact } from './attempts.js';

const forward = {
  sourceAddress: '10.10.0.11',
  sourcePort: 50_000,
  destinationAddress: '10.10.0.47',
  destinationPort: 445,
};
const backward = {
  sourceAddress: '10.10.0.47',
  sourcePort: 445,
  destinationAddress: '10.10.0.11',
  destinationPort: 50_000,
};

function flow(at: number, facts: Partial<Flow> = forward): Flow {
  return {
    sensorId: 's',
    pointId: 'p',
    position: ['x', at],
    kind: FLOW_KINDS.opening,
    direction: 'in',
    ingressPort: 'wl-mri',
    egressPort: null,
    sourceMac: '08:00:06:10:00:11',
    destinationMac: '02:00:00:00:00:47',
    etherType: 0x0800,
    sourceAddress: null,
    destinationAddress: null,
    protocol: 6,
    sourcePort: null,
    destinationPort: null,
    frames: 1,
    octets: 74,
    sampledOneIn: 1,
    start: at,
    end: at,
    receivedAt: at,
    ...facts,
  };
}

const outcomes = (facts: AttemptFact[]) => facts.map(({ outcome }) => outcome);

describe('an attempt', () => {
  it('is answered by a SYN-ACK of the peer', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0), 'mri', 'bound');
    expect(attempts.answering(flow(3, backward))).toMatchObject([
      {
        deviceId: 'mri',
        binding: 'bound',
        outcome: 'answered',
        at: 0,
        receivedAt: 3,
        localPort: 50_000,
        port: 445,
        position: ['x', 0],
      },
    ]);
    expect(attempts.tick(5000)).toEqual([]);
  });

  it('is refused by a RST of the peer, and not by one of the device itself', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0), 'mri', 'bound');
    expect(attempts.refusing(flow(1, forward))).toEqual([]);
    expect(outcomes(attempts.refusing(flow(2, backward)))).toEqual(['refused']);
  });

  it('is silent after a second and not sooner', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0), 'mri', 'bound');
    expect(attempts.tick(SILENT_AFTER_MS - 1)).toEqual([]);
    expect(outcomes(attempts.tick(SILENT_AFTER_MS))).toEqual(['silent']);
  });

  it('that was silent is told again as answered by a late answer, once, under an id of its own', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0), 'mri', 'bound');
    attempts.tick(1000);
    expect(attempts.answering(flow(1500, backward))).toMatchObject([{ outcome: 'answered', position: ['x', 1500] }]);
    expect(attempts.answering(flow(1600, backward))).toEqual([]);
  });

  it('is told once however often its SYN is repeated', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0), 'mri', 'bound');
    attempts.opening(flow(1), 'mri', 'bound');
    attempts.tick(1000);
    attempts.opening(flow(1001), 'mri', 'bound');
    attempts.opening(flow(3000), 'mri', 'bound');
    expect(attempts.tick(30_000)).toEqual([]);
    attempts.tick(REMEMBERED_MS + 2000);
    attempts.opening(flow(REMEMBERED_MS + 2000), 'mri', 'bound');
    expect(outcomes(attempts.tick(REMEMBERED_MS + 3000))).toEqual(['silent']);
  });

  it('that meets our deny line is denied at once, and so is one whose answer meets it', () => {
    const attempts = new AttemptPairing();
    expect(outcomes(attempts.denied(flow(0), 'mri', 'bound'))).toEqual(['denied']);
    expect(attempts.denied(flow(1), 'mri', 'bound')).toEqual([]);
    const others = new AttemptPairing();
    others.opening(flow(0), 'mri', 'bound');
    expect(outcomes(others.denied(flow(5, backward), null, 'claimed'))).toEqual(['denied']);
    expect(others.tick(2000)).toEqual([]);
  });

  it('without addresses or ports is none', () => {
    const attempts = new AttemptPairing();
    attempts.opening(flow(0, {}), 'mri', 'bound');
    expect(attempts.tick(5000)).toEqual([]);
  });

  it('has exactly one outcome, and at most a late answer after silence, whatever comes in whatever order', () => {
    const step = fc.record({
      what: fc.constantFrom('opening', 'answering', 'refusing', 'denied', 'tick'),
      port: fc.integer({ min: 1, max: 4 }),
      wait: fc.integer({ min: 0, max: 700 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const attempts = new AttemptPairing();
        const told = new Map<number, string[]>();
        const tell = (facts: AttemptFact[]) => {
          for (const { localPort, outcome } of facts) told.set(localPort, [...(told.get(localPort) ?? []), outcome]);
        };
        let now = 0;
        for (const { what, port, wait } of steps) {
          now += wait;
          tell(attempts.tick(now));
          const out = flow(now, { ...forward, sourcePort: port });
          const back = flow(now, { ...backward, destinationPort: port });
          if (what === 'opening') tell(attempts.opening(out, 'mri', 'bound'));
          if (what === 'answering') tell(attempts.answering(back));
          if (what === 'refusing') tell(attempts.refusing(back));
          if (what === 'denied') tell(attempts.denied(out, 'mri', 'bound'));
        }
        tell(attempts.tick(now + SILENT_AFTER_MS));
        for (const list of told.values()) {
          expect(list.length === 1 || (list.length === 2 && list.join() === 'silent,answered')).toBe(true);
        }
      }),
    );
  });
});
