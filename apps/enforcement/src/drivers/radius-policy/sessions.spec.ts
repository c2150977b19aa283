import fc from 'fast-check';
import { Sessions } from './sessions.js';
import type { Accounting, Question } from './wire/form.js';

const MAC = '08:00:06:10:00:11';
const OURS = 'lazaret/0123456789ab';
const nas = { nasAddress: '10.99.0.2', nasIdentifier: null };
const NOW = Date.UTC(2026, 0, 1);

function record(status: Accounting['status'], session: string, more: Partial<Accounting> = {}): Accounting {
  return { ...nas, status, mac: MAC, port: 'Gi1/0/7', session, policy: null, isLocal: false, age: 0, ...more };
}

function question(session: string | null, more: Partial<Question> = {}): Question {
  return { ...nas, mac: MAC, port: 'Gi1/0/7', session, vlan: 10, ...more };
}

function only(sessions: Sessions): ReturnType<Sessions['of']>[number] {
  const [one, ...more] = sessions.of(MAC);
  if (!one || more.length > 0) throw new Error(`${sessions.of(MAC).length} sessions`);
  return one;
}

describe('the sessions', () => {
  it('begin with what their answer carried', () => {
    const sessions = new Sessions();
    sessions.answered(question(null), OURS, 66, NOW);
    expect(sessions.accounted(record('start', 'S1'), NOW + 100)).toBe(true);
    expect(only(sessions)).toMatchObject({ policy: OURS, vlan: 66, authorizedBy: 'server' });
  });

  it('take nothing of an answer that is too old, of another session, or of another switch', () => {
    const sessions = new Sessions();
    sessions.answered(question(null), OURS, 66, NOW);
    sessions.accounted(record('start', 'S1'), NOW + 3_600_000);
    expect(only(sessions)).toMatchObject({ policy: null, authorizedBy: 'unknown' });
    const others = new Sessions();
    others.answered(question('S2'), OURS, 66, NOW);
    others.answered(question(null, { nasAddress: '10.99.0.3' }), OURS, 66, NOW);
    others.accounted(record('start', 'S1'), NOW + 100);
    expect(only(others).policy).toBeNull();
  });

  it('are known by the Class that the switch gives back, unless a later answer says otherwise', () => {
    const sessions = new Sessions();
    sessions.accounted(record('interim', 'S1', { policy: OURS, age: 60 }), NOW);
    expect(only(sessions)).toMatchObject({ policy: OURS, startedAt: NOW - 60_000 });
    sessions.answered(question('S1'), null, 10, NOW + 1000);
    sessions.accounted(record('interim', 'S1', { policy: OURS }), NOW + 2000);
    expect(only(sessions).policy).toBeNull();
  });

  it('F7 of a device that has moved are two until the old switch ends its own', () => {
    const sessions = new Sessions();
    sessions.accounted(record('start', 'S1'), NOW);
    sessions.accounted(record('start', 'S1', { nasAddress: '10.99.0.3' }), NOW);
    expect(sessions.of(MAC)).toHaveLength(2);
    sessions.accounted(record('stop', 'S1'), NOW + 1);
    expect(only(sessions).nasAddress).toBe('10.99.0.3');
  });

  it('end when another begins at the same port, since the Stop was lost', () => {
    const sessions = new Sessions();
    sessions.accounted(record('start', 'S1'), NOW);
    sessions.accounted(record('start', 'S2'), NOW + 1000);
    expect(only(sessions).sessionId).toBe('S2');
  });

  it('that have ended are not begun again by a Start that was sent twice', () => {
    const sessions = new Sessions();
    sessions.accounted(record('stop', 'S1'), NOW);
    expect(sessions.accounted(record('start', 'S1'), NOW + 1000)).toBe(false);
    expect(sessions.of(MAC)).toEqual([]);
  });

  it('F11 end with the restart of their switch only', () => {
    const sessions = new Sessions();
    sessions.accounted(record('start', 'S1'), NOW);
    expect(sessions.accounted(record('restart', '', { nasAddress: '10.99.0.3', mac: null }), NOW)).toBe(false);
    expect(sessions.accounted(record('restart', '', { mac: null }), NOW)).toBe(true);
    expect(sessions.of(MAC)).toEqual([]);
  });

  it('end when nothing is heard of them for three intervals, where the switches tell in intervals', () => {
    const sessions = new Sessions();
    sessions.accounted(record('start', 'S1'), NOW);
    expect(sessions.expire(null, NOW + 1e12)).toBe(false);
    expect(sessions.expire(10, NOW + 30_000)).toBe(false);
    expect(sessions.expire(10, NOW + 30_001)).toBe(true);
  });

  it('F16 that the switch let in by itself are not the server’s', () => {
    const sessions = new Sessions();
    sessions.accounted(record('start', 'S1', { isLocal: true }), NOW);
    expect(only(sessions).authorizedBy).toBe('critical');
  });

  it('come through accounting in any order and number as at most one a port', () => {
    const step = fc.record({
      status: fc.constantFrom('start', 'interim', 'stop', 'restart'),
      session: fc.constantFrom('S1', 'S2', 'S3'),
      port: fc.constantFrom('1', '2', null),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const sessions = new Sessions();
        steps.forEach(({ status, session, port }, index) =>
          sessions.accounted(record(status, session, { port }), NOW + index),
        );
        const ports = sessions.of(MAC).flatMap(({ port }) => port ?? []);
        expect(new Set(ports).size).toBe(ports.length);
        expect(new Sessions(sessions.all()).all()).toEqual(sessions.all());
      }),
    );
  });
});
