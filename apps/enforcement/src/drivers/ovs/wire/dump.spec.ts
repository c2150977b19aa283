import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { anyIsolation } from '../testing/isolations.js';
import { compileFlows } from './compile.js';
import { encodeCookie, hex } from './cookie.js';
import { parseFlows, parseUptime } from './dump.js';
import { textOf, type Flow } from './flow.js';

const recorded = (name: string): string => readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8');

/** As the switch prints it: quotes around names with a hyphen, statistics in front. */
function printed({ priority, match, actions }: Flow, cookie: bigint): string {
  const quoted = (text: string): string => text.replaceAll(/(in_port=|output:)([\w-]+)/g, '$1"$2"');
  const front = ` cookie=${hex(cookie)}, duration=1.5s, table=0, n_packets=7, n_bytes=420, idle_age=1,`;
  return `${front} priority=${priority},${quoted(match)} actions=${quoted(actions)}`;
}

describe('parseFlows', () => {
  it('reads what a switch has printed', () => {
    const flows = parseFlows(recorded('dump-flows.txt'));
    expect(flows.map(({ text }) => text)).toEqual([
      'priority=61500,tcp,in_port=wl-r10,dl_src=00:16:3e:00:00:10,dl_dst=08:00:06:10:00:11,nw_src=10.20.0.10,nw_dst=10.10.0.11,tp_src=104,tcp_flags=+syn-ack actions=sample(probability=65535,collector_set_id=1,obs_domain_id=10,obs_point_id=9)',
      'priority=61000,arp,in_port=wl-mri,dl_src=08:00:06:10:00:11,arp_spa=10.10.0.11,arp_tpa=10.10.0.1 actions=output:wl-r10',
      'priority=60000,dl_dst=08:00:06:10:00:11,idle_timeout=60,send_flow_rem actions=drop',
      'priority=32768,udp,tp_dst=53,table=3 actions=NORMAL',
      'priority=0 actions=NORMAL',
    ]);
    expect(flows.map(({ packets }) => packets)).toEqual([12, 3, 0, 0, 4_294_967_296]);
    expect(flows[0]!.cookie).toBe(encodeCookie(1, 1));
  });

  it('reads every compiled flow back as the text that was compiled', () => {
    fc.assert(
      fc.property(anyIsolation, (isolation) => {
        const flows = compileFlows(isolation, 4096);
        const output = flows.map((flow) => printed(flow, encodeCookie(isolation.deviceNumber, isolation.generation)));
        expect(parseFlows(`${output.join('\n')}\n`).map(({ text }) => text)).toEqual(flows.map(textOf));
      }),
    );
  });

  it('takes a header for no flow, and an unreadable flow for a fault rather than for none', () => {
    expect(parseFlows('OFPST_FLOW reply (OF1.4) (xid=0x2):\n')).toEqual([]);
    for (const line of ['cookie=0x1 actions=drop', ' priority=1 actions=NORMAL', 'ovs-ofctl: something']) {
      expect(() => parseFlows(line)).toThrow(expect.objectContaining({ code: 'bad-answer', retry: 'ambiguous' }));
    }
  });
});

describe('parseUptime', () => {
  it("reads the age of the bridge's own port", () => {
    expect(parseUptime(recorded('dump-ports.txt'))).toBe(255_968);
  });

  it('does not guess', () => {
    expect(() => parseUptime('OFPST_PORT reply (OF1.4) (xid=0x2): 0 ports\n')).toThrow(
      expect.objectContaining({ code: 'bad-answer' }),
    );
  });
});
