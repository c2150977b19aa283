import { parseFilter } from './filter-rule.js';
import { sessionFlows } from './port-flows.js';

const port = {
  ofport: 1,
  mac: '08:00:06:10:00:11',
  uplink: { ofport: 110, mac: '00:16:3e:00:00:10', address: '10.10.0.1' },
};
const flowsOf = (...rules: string[]): string[] => sessionFlows(port, parseFilter(rules));

describe("a session's flows", () => {
  it('are none for a session without a filter', () => {
    expect(flowsOf()).toEqual([]);
  });

  it('bridge what is permitted to the gateway and back, and deny all else of the port', () => {
    const flows = flowsOf(
      'permit in tcp from any to 10.20.0.10 104',
      'permit out tcp from 10.20.0.10 104 to any established',
    );
    expect(flows.every((line) => line.startsWith('cookie=0x8021000000000001,'))).toBe(true);
    const outward = flows.find((line) => line.includes('nw_dst=10.20.0.10'));
    expect(outward).toContain('in_port=1,dl_src=08:00:06:10:00:11,ip,nw_proto=6,nw_dst=10.20.0.10,tp_dst=104,');
    expect(outward).toMatch(/obs_point_id=8\),output:110$/);
    const inward = flows.filter((line) => line.includes('nw_src=10.20.0.10'));
    expect(inward.map((line) => /tcp_flags=([^,]+)/.exec(line)?.[1])).toEqual(['+ack', '+rst']);
    expect(inward.every((line) => line.includes('in_port=110,') && line.endsWith('output:1'))).toBe(true);
    const denied = flows.filter((line) => line.includes('obs_point_id=9'));
    expect(denied.map((line) => /priority=60000,([^,]+),/.exec(line)?.[1])).toEqual([
      'in_port=1',
      'dl_dst=08:00:06:10:00:11',
    ]);
  });

  it('let the answers back where the list filters one direction only, and no opening from outside', () => {
    const inward = flowsOf('permit in tcp from any to 10.20.0.10 104').filter((line) =>
      line.includes('nw_src=10.20.0.10'),
    );
    expect(inward).toHaveLength(2);
    expect(inward.every((line) => line.includes('tp_src=104') && line.includes('tcp_flags=+'))).toBe(true);
  });

  it('keep the order of the rules: the first that matches decides', () => {
    const [deny, permit] = flowsOf('deny in tcp from any to 10.20.0.10 23', 'permit in ip from any to 10.20.0.10')
      .filter((line) => line.includes('nw_dst=10.20.0.10'))
      .map((line) => Number(/priority=(\d+)/.exec(line)?.[1]));
    expect(deny).toBeGreaterThan(permit ?? Number.NaN);
  });

  it('say a range of ports by masks that hold it and nothing more', () => {
    const masks = flowsOf('permit in udp from any to 10.20.0.10 1000-1007')
      .map((line) => /tp_dst=([^,]+)/.exec(line)?.[1])
      .filter((text) => text !== undefined);
    expect(masks).toEqual(['1000/0xfff8']);
  });
});
