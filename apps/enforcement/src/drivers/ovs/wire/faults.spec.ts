import { DriverError } from '#driver';
import { OvsdbError } from '#ovsdb';
import { faultOfDatabase, faultOfTool } from './faults.js';
import { mentionsOurs } from './flow-monitor.js';

const tool = (stderr: string, more: { timedOut?: boolean; missing?: boolean } = {}) => ({
  timedOut: false,
  missing: false,
  stderr,
  ...more,
});

describe('what ovs-ofctl says when it fails', () => {
  it.each([
    ['ovs-ofctl: connecting to tcp:127.0.0.1:1 (Connection refused)', 'unreachable'],
    ['ovs-ofctl: tcp:10.0.0.1:6653: failed to connect to socket (Connection reset by peer)', 'unreachable'],
    ['ovs-ofctl: -:1: nosuch: invalid or unknown port for in_port', 'unknown-port'],
    [
      '2026-01-01T00:00:00Z|00001|vconn|WARN|tcp:10.0.0.1:6653: version negotiation failed (…)\novs-ofctl: tcp:10.0.0.1:6653: failed to connect to socket (Protocol error)',
      'refused',
    ],
    [
      'Error OFPBRC_EPERM for: OFPT_FLOW_MOD (OF1.4) (xid=0x8): ADD table:254 actions=drop\novs-ofctl: talking to tcp:10.0.0.1:6653 (Protocol error)',
      'refused',
    ],
    ['Error OFPFMFC_TABLE_FULL for: OFPT_FLOW_MOD (OF1.4) (xid=0x8): ADD actions=drop', 'too-many-entries'],
    ['ovs-ofctl: talking to tcp:10.0.0.1:6653 (End of file)', 'no-answer'],
  ])('a write: %s', (stderr, code) => {
    expect(faultOfTool(tool(stderr), 'write')).toMatchObject({ code });
  });

  it('silence is ambiguous after a write, and nothing worse than unreachable after a read', () => {
    expect(faultOfTool(tool('', { timedOut: true }), 'write')).toMatchObject({ code: 'no-answer', retry: 'ambiguous' });
    expect(faultOfTool(tool('', { timedOut: true }), 'read')).toMatchObject({
      code: 'unreachable',
      retry: 'transient',
    });
  });

  it('a missing program is said with its cure', () => {
    expect(faultOfTool(tool('', { missing: true }), 'read').message).toContain('openvswitch-switch');
  });
});

describe('what OVSDB says when it fails', () => {
  it('keeps the meaning for the caller', () => {
    const refusal = (serverError: string) => new OvsdbError('refused', 'x', { refusal: { serverError, operation: 0 } });
    const codes = (intent: 'read' | 'write') =>
      [
        new OvsdbError('unreachable', 'x'),
        new OvsdbError('no-answer', 'x'),
        refusal('constraint violation'),
        refusal('I/O error'),
        new TypeError('x'),
      ].map((error) => faultOfDatabase(error, intent).code);
    expect(codes('write')).toEqual(['unreachable', 'no-answer', 'refused', 'no-answer', 'bad-answer']);
    expect(codes('read')).toEqual(['unreachable', 'unreachable', 'refused', 'no-answer', 'bad-answer']);
  });

  it('leaves an error that has its meaning already', () => {
    const error = new DriverError('stale-fence', 'x');
    expect(faultOfDatabase(error, 'write')).toBe(error);
  });
});

describe('mentionsOurs', () => {
  it('hears of our flows and of no others', () => {
    expect(
      mentionsOurs(' event=DELETED reason=delete table=0 cookie=0x4c5a000000010001 dl_dst=08:00:06:10:00:11\n'),
    ).toBe(true);
    expect(mentionsOurs(' event=ADDED table=0 cookie=0x4c5affffffffffff udp actions=NORMAL\n')).toBe(true);
    expect(mentionsOurs(' event=DELETED reason=delete table=0 cookie=0x5e45000000000000 tcp\n')).toBe(false);
    expect(mentionsOurs(' event=DELETED reason=delete table=0 cookie=0x4c5a udp\n')).toBe(false);
  });
});
