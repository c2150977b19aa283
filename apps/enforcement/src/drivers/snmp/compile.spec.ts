import { compileIsolation } from './compile.js';
import { isolationOf, SUBJECT } from './testing/snmp-fixture.client.js';

const open = (port: number) => ({
  peerAddress: '10.20.0.10',
  transport: 'tcp' as const,
  port,
  opener: 'device' as const,
});
const point = { quarantineVlan: 66, permits: [open(104)], policyPoint: null };
const isolation = isolationOf(SUBJECT);

describe('an isolation at a switch port', () => {
  it('has no entries; what the quarantine VLAN does not keep open is cut, and named', () => {
    expect(compileIsolation(point, isolation)).toEqual({ entries: [], cut: [], policy: null });
    expect(compileIsolation({ ...point, permits: [] }, isolation).cut).toEqual(['store']);
    expect(compileIsolation({ ...point, permits: 'as-sent' }, isolation).cut).toEqual([]);
  });

  it('is refused where the quarantine VLAN opens more than this device may have', () => {
    expect(() => compileIsolation({ ...point, permits: [open(104), open(445)] }, isolation)).toThrow('tcp/445');
  });

  it('is refused as a filter, and in another VLAN than the switch has', () => {
    expect(() => compileIsolation(point, { ...isolation, mode: 'filter', quarantineVlan: null })).toThrow(
      'filters nothing',
    );
    expect(() => compileIsolation(point, { ...isolation, quarantineVlan: 67 })).toThrow('is 66, not 67');
  });

  it('is left to the policy source where there is one', () => {
    const filter = { ...isolation, mode: 'filter' as const, quarantineVlan: null };
    expect(compileIsolation({ ...point, policyPoint: 'nac' }, filter)).toEqual({ entries: [], cut: [], policy: null });
  });
});
