import { parseFilter } from './filter-rule.js';

describe("a session's filter", () => {
  it('is read from a rule an attribute, and from one text with NUL between the rules', () => {
    const rules = ['permit in tcp from any to 10.20.0.10 104', 'permit out udp from 10.20.0.53/32 53 to assigned'];
    expect(parseFilter(rules)).toEqual(parseFilter([rules.join('\0')]));
    expect(parseFilter(rules)).toEqual([
      {
        action: 'permit',
        direction: 'in',
        protocol: 6,
        from: { network: null, ports: [] },
        to: { network: '10.20.0.10', ports: [[104, 104]] },
        tcp: null,
        icmpTypes: [],
      },
      {
        action: 'permit',
        direction: 'out',
        protocol: 17,
        from: { network: '10.20.0.53/32', ports: [[53, 53]] },
        to: { network: null, ports: [] },
        tcp: null,
        icmpTypes: [],
      },
    ]);
  });

  it('knows port lists, protocol numbers and the two states of TCP', () => {
    const [first, second] = parseFilter([
      'permit out tcp from 10.20.0.10 104,11112-11113 to any established',
      'deny in 50 from any to any',
    ]);
    expect(first).toMatchObject({
      from: {
        ports: [
          [104, 104],
          [11112, 11113],
        ],
      },
      tcp: 'established',
    });
    expect(second).toMatchObject({ action: 'deny', protocol: 50 });
  });

  it('is put together from pieces that cut a rule in two', () => {
    const text = 'permit in 6 from any to 10.20.0.10 104\0deny in ip from any to ::/0';
    expect(parseFilter([text.slice(0, 20), text.slice(20)])).toEqual(parseFilter(text.split('\0')));
    expect(parseFilter(['permit out 1 from any to any icmptypes 3,11'])[0]).toMatchObject({ icmpTypes: [3, 11] });
  });

  it('is refused as a whole for what this switch does not understand', () => {
    for (const text of [
      'permit tcp from any to any',
      'permit in tcp from any to archive.ward.test',
      'permit in tcp from any to any frag',
      'permit in tcp from any to any 99999',
      'permit in gre from any to any',
      'permit in ip from any to 2001:db8::1::2',
      'permit out 1 from any to any icmptypes 300',
    ])
      expect(() => parseFilter([text])).toThrow();
  });
});
