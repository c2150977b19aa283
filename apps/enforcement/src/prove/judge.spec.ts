import fc from 'fast-check';
import type { Conversation } from '#events';
import { SENSOR, clinicalConversation, conversation, permit } from '../../test/scene.js';
import { judge } from './judge.js';
import { blindSince, observersOf, type Observer } from './observers.js';
import { fold, startProof, type ProofFacts } from './proof.js';

const T0 = Date.parse('2026-01-05T08:00:00.000Z');
const permits = [permit(), permit({ flowId: 'flow-commit', port: 11113, opener: 'peer' })];

function observer(until: number, changes: Partial<Observer> = {}): Observer {
  const times = { observedUntil: new Date(until), movedAt: new Date(until) };
  return { sensorId: SENSOR, kind: 'ipfix', covers: ['point:sw-1'], clockOffsetMs: 0, ...times, ...changes };
}

function seen(facts: ProofFacts, until: number, ...conversations: Conversation[]): ProofFacts {
  return fold(facts, { sensorId: SENSOR, clockOffsetMs: 0, observedUntil: new Date(until), conversations }, permits);
}

const start = startProof('isolate', new Date(T0));
const denied = (at: number) => conversation(at, { deniedOut: 1 });
const beyond = (at: number) => conversation(at, { framesOut: 1, framesBeyond: 1 });
const contained = (facts: ProofFacts, until: number) => judge(facts, [observer(until)]).contained !== null;

describe('contained', () => {
  it('needs a denied frame and 500 ms of the observer without anything forbidden', () => {
    const facts = seen(start, T0 + 100, denied(T0 + 100));
    expect(contained(facts, T0 + 599)).toBe(false);
    expect(contained(facts, T0 + 600)).toBe(true);
  });

  it('goes by what the observer has reported, never by our clock', () => {
    const facts = seen(start, T0 + 100, denied(T0 + 100));
    expect(contained(facts, T0 + 100)).toBe(false);
    expect(contained(seen(facts, T0 + 700), T0 + 100)).toBe(true);
  });

  it('does not count records that began before acknowledged', () => {
    expect(contained(seen(start, T0, denied(T0 - 1)), T0 + 1000)).toBe(false);
    const early = { ...beyond(T0 + 10), windowFrom: new Date(T0 - 10).toISOString() };
    expect(contained(seen(start, T0, early, denied(T0 + 20)), T0 + 1000)).toBe(true);
  });

  it('takes the later reading of a clock that may be off either way', () => {
    const records = { sensorId: SENSOR, observedUntil: new Date(T0 + 900), conversations: [denied(T0 + 100)] };
    expect(fold(start, { ...records, clockOffsetMs: -200 }, permits).denied).toBeNull();
    expect(fold(start, { ...records, clockOffsetMs: 200 }, permits).denied).toBeNull();
    expect(fold(start, { ...records, clockOffsetMs: 50 }, permits).denied).not.toBeNull();
  });

  it('is lost with one frame beyond, and earned again after it', () => {
    const facts = seen(start, T0 + 700, denied(T0 + 100), beyond(T0 + 300));
    expect(contained(facts, T0 + 5000)).toBe(false);
    const again = seen(facts, T0 + 900, denied(T0 + 400));
    expect(contained(again, T0 + 899)).toBe(true);
  });

  it('is lost to a slower observer that reports a breach late', () => {
    const facts = seen(start, T0 + 700, denied(T0 + 100));
    const late = fold(
      facts,
      { sensorId: 'slow', clockOffsetMs: 0, observedUntil: new Date(T0 + 400), conversations: [beyond(T0 + 400)] },
      permits,
    );
    expect(contained(late, T0 + 2000)).toBe(false);
  });

  it('takes 60 s without anything forbidden for a device that is silent', () => {
    expect(contained(start, T0 + 59_999)).toBe(false);
    expect(contained(start, T0 + 60_000)).toBe(true);
    const facts = seen(start, T0 + 1000, beyond(T0 + 1000));
    expect(contained(facts, T0 + 60_500)).toBe(false);
    expect(contained(facts, T0 + 61_000)).toBe(true);
  });

  it('permitted frames, ARP without a target and path-MTU answers of permitted peers are not forbidden', () => {
    const fine = [
      { ...clinicalConversation(T0 + 10), framesBeyond: 2 },
      conversation(T0 + 20, { etherType: 0x0806, peerAddress: null, transport: null, port: null, framesBeyond: 1 }),
      conversation(T0 + 30, { transport: 'icmp', peerAddress: '10.20.0.10', port: null, framesBeyond: 1 }),
    ];
    expect(seen(start, T0 + 50, ...fine).breach).toBeNull();
    const other = conversation(T0 + 40, { transport: 'icmp', peerAddress: '10.10.0.47', port: null, framesBeyond: 1 });
    expect(seen(start, T0 + 50, other).breach?.what).toBe('10.10.0.47');
  });

  it('never holds within 500 ms after the last forbidden frame, whatever the order of events', () => {
    const kind = fc.constantFrom('denied' as const, 'beyond' as const, 'clinical' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, fc.integer({ min: 0, max: 3000 })), { maxLength: 30 }), (events) => {
        const make = { denied, beyond, clinical: clinicalConversation };
        const facts = seen(start, T0, ...events.map(([what, ms]) => make[what](T0 + ms)));
        const breaches = events.filter(([what]) => what === 'beyond').map(([, ms]) => ms);
        const last = Math.max(-1, ...breaches);
        if (last >= 0) expect(contained(facts, T0 + last + 499)).toBe(false);
        const { contained: by } = judge(facts, [observer(T0 + 3500)]);
        if (by !== null && facts.denied) expect(facts.denied.at - T0).toBeGreaterThan(last);
      }),
    );
  });
});

describe('clinical', () => {
  const how = (facts: ProofFacts, until: number) => judge(facts, [observer(until)]).clinical?.how ?? null;

  it('is moved when a permitted conversation has moved frames both ways, in one record or in two', () => {
    expect(how(seen(start, T0, clinicalConversation(T0 + 10)), T0 + 10)).toBe('moved');
    const out = { ...clinicalConversation(T0 + 10), framesIn: 0 };
    const back = { ...clinicalConversation(T0 + 20), framesOut: 0 };
    expect(how(seen(start, T0, out), T0 + 10)).toBeNull();
    expect(how(seen(seen(start, T0, out), T0, back), T0 + 20)).toBe('moved');
  });

  it('is not moved by what is not permitted, nor by the wrong opener', () => {
    expect(how(seen(start, T0, conversation(T0 + 10, { framesOut: 2, framesIn: 2 })), T0 + 10)).toBeNull();
    expect(how(seen(start, T0, { ...clinicalConversation(T0 + 10), opener: 'peer' }), T0 + 10)).toBeNull();
  });

  it('is no-demand only for a device that tried nothing permitted for 10 s of the observer', () => {
    expect(how(start, T0 + 9999)).toBeNull();
    expect(how(start, T0 + 10_000)).toBe('no-demand');
    expect(how(seen(start, T0, { ...clinicalConversation(T0 + 10), framesIn: 0 }), T0 + 60_000)).toBeNull();
  });
});

describe('broken', () => {
  const failed = (at: number) => ({ ...clinicalConversation(at), framesIn: 0 });
  const broken = (facts: ProofFacts, until: number) => judge(facts, [observer(until)]).broken;

  it('is three failed permitted attempts of a flow within a minute, with no answer between', () => {
    const three = [1, 2, 3].map((second) => failed(T0 + second * 1000));
    expect(broken(seen(start, T0, ...three.slice(0, 2)), T0 + 3000)).toEqual([]);
    expect(broken(seen(start, T0, ...three), T0 + 3000)).toEqual(['flow-store']);
    expect(broken(seen(start, T0, ...three, clinicalConversation(T0 + 4000)), T0 + 4000)).toEqual([]);
    expect(broken(seen(start, T0, ...three), T0 + 62_000)).toEqual([]);
    const slow = [1, 40, 80].map((second) => failed(T0 + second * 1000));
    expect(broken(seen(start, T0, ...slow), T0 + 80_000)).toEqual([]);
  });

  it('is not concluded from sampled records, but from permitted frames that our own line denied', () => {
    const sampled = [1, 2, 3].map((second) => ({ ...failed(T0 + second * 1000), sampledOneIn: 64 }));
    expect(broken(seen(start, T0, ...sampled), T0 + 3000)).toEqual([]);
    const refused = [1, 2, 3].map((second) => ({ ...clinicalConversation(T0 + second), framesIn: 0, deniedOut: 1 }));
    expect(broken(seen(start, T0, ...refused), T0 + 3000)).toEqual(['flow-store']);
  });

  it('keeps a bounded number of facts', () => {
    const many = Array.from({ length: 500 }, (_, second) => failed(T0 + second * 10));
    expect(seen(start, T0, ...many).failures['flow-store']?.length).toBeLessThanOrEqual(10);
  });
});

describe('a released device', () => {
  const lifted = startProof('release', new Date(T0));

  it('is proven when it moves frames both ways and nothing of it is denied for 500 ms', () => {
    const facts = seen(lifted, T0 + 100, conversation(T0 + 100, { framesOut: 1, framesIn: 1 }));
    expect(judge(facts, [observer(T0 + 400)]).contained).toBeNull();
    expect(judge(facts, [observer(T0 + 500)])).toMatchObject({ contained: SENSOR, clinical: { how: 'moved' } });
  });

  it('is proven without traffic for 10 s, whatever it sends to groups; what one host should answer is demand', () => {
    const solicitation = { transport: '58', port: null, etherType: 0x86dd, peerAddress: 'ff02::2', framesOut: 1 };
    const quiet = seen(lifted, T0 + 100, conversation(T0 + 100, solicitation));
    expect(judge(quiet, [observer(T0 + 10_000)]).clinical?.how).toBe('no-demand');
    const asking = seen(lifted, T0 + 100, conversation(T0 + 100, { peerAddress: '10.20.0.10', framesOut: 1 }));
    expect(judge(asking, [observer(T0 + 10_000)]).clinical).toBeNull();
  });

  it('is not while a line of ours still denies it', () => {
    const facts = seen(lifted, T0 + 800, denied(T0 + 800));
    expect(judge(facts, [observer(T0 + 1000)]).contained).toBeNull();
  });
});

describe('observers', () => {
  const at = { switch: 'sw-1', homeVlan: 10, quarantineVlan: 66 };

  it('are those that see frames of the point or the VLAN', () => {
    const names = (kind: string, covers: string[]) => observersOf([observer(T0, { kind, covers })], at).length;
    expect(names('ipfix', ['point:sw-1'])).toBe(1);
    expect(names('ipfix', ['vlan:sw-1/66'])).toBe(1);
    expect(names('ipfix', ['point:sw-2'])).toBe(0);
    expect(names('ovs', ['point:sw-1'])).toBe(0);
  });

  it('are blind when none has moved for 10 s, counted from our start at the earliest', () => {
    const at = (ms: number) => new Date(T0 + ms);
    expect(blindSince([observer(T0)], at(-60_000), at(10_000))).toBeNull();
    expect(blindSince([observer(T0)], at(-60_000), at(10_001))).toEqual(at(0));
    expect(blindSince([], at(0), at(9000))).toBeNull();
    expect(blindSince([], at(0), at(10_001))).toEqual(at(0));
    expect(blindSince([observer(T0), observer(T0 + 9000)], at(0), at(15_000))).toBeNull();
  });
});
