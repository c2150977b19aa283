import fc from 'fast-check';
import {
  AMBIGUOUS_MS,
  afterLink,
  afterSecondPort,
  afterSighting,
  type Attachment,
  type PortLink,
} from './attachment.js';

const up: PortLink = { linkUp: true, linkResets: 0 };
const seen = (port: string, at: number) => ({ pointId: 'ovs-1', port, at, toldBy: 'ovs-1-ovsdb' });
const atP1 = afterSighting(null, seen('p1', 1000), up);

describe('an attachment', () => {
  it('begins where the MAC is first seen at an access port', () => {
    expect(atP1).toMatchObject({ port: 'p1', since: 1000, lostAt: null, second: null });
  });

  it('stays where it was when the MAC is seen at a second live port, and is ambiguous', () => {
    const ambiguous = afterSighting(atP1, seen('p2', 2000), up);
    expect(ambiguous).toMatchObject({ port: 'p1', since: 1000, second: { port: 'p2', seenAt: 2000 } });
  });

  it('moves when its old port has lost its link since', () => {
    const lost = afterLink(atP1, { linkUp: false, linkResets: 1 }, 3000);
    expect(afterSighting(lost, seen('p2', 3050), up)).toMatchObject({ port: 'p2', since: 3050, second: null });
  });

  it('moves when its old port was lost and is back, but the device is not', () => {
    const bounced = afterLink(atP1, { linkUp: true, linkResets: 2 }, 3000);
    expect(afterSighting(bounced, seen('p2', 3050), up).port).toBe('p2');
  });

  it('does not move by what was seen before the loss', () => {
    const lost = afterLink(atP1, { linkUp: false, linkResets: 1 }, 3000);
    expect(afterSighting(lost, seen('p2', 2500), up)).toEqual(lost);
  });

  it('is firm again when the device is seen back at its port', () => {
    const bounced = afterLink(atP1, { linkUp: true, linkResets: 2 }, 3000);
    const back = afterSighting(bounced, seen('p1', 3500), { linkUp: true, linkResets: 2 });
    expect(back.lostAt).toBeNull();
    expect(afterSighting(back, seen('p2', 4000), up)).toMatchObject({ port: 'p1', second: { port: 'p2' } });
  });

  it('is not lost by a restart of the switch, which counts link changes anew', () => {
    const later = afterLink({ ...atP1, linkResets: 4 }, { linkUp: true, linkResets: 0 }, 5000);
    expect(later).toMatchObject({ lostAt: null, linkResets: 0 });
  });

  it('is lost with its port', () => {
    expect(afterLink(atP1, null, 5000).lostAt).toBe(5000);
  });

  it('is ambiguous no longer when the second port is unplugged or has been silent for a minute', () => {
    const ambiguous = afterSighting(atP1, seen('p2', 2000), up);
    expect(afterSecondPort(ambiguous, up, 2000 + AMBIGUOUS_MS).second).not.toBeNull();
    expect(afterSecondPort(ambiguous, up, 2001 + AMBIGUOUS_MS).second).toBeNull();
    expect(afterSecondPort(ambiguous, { linkUp: false, linkResets: 1 }, 2100).second).toBeNull();
  });

  it('never leaves a port whose link was never lost, whatever is seen elsewhere', () => {
    const sightings = fc.array(
      fc.record({ port: fc.constantFrom('p1', 'p2', 'p3'), at: fc.integer({ min: 0, max: 9000 }) }),
    );
    fc.assert(
      fc.property(sightings, (list) => {
        const end = list.reduce<Attachment>(
          (a, { port, at }) => afterLink(afterSighting(a, seen(port, at), up), up, at),
          atP1,
        );
        expect(end).toMatchObject({ port: 'p1', since: 1000, lostAt: null });
      }),
    );
  });
});
