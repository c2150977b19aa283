import { chooseNamedPolicy, namedPoliciesSchema, namedPolicySchema, type NamedPolicy } from './named-policy.js';
import { scanner } from './testing/isolations.js';

const archive = { peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' } as const;
const names = { peerAddress: '10.20.0.53', transport: 'udp', port: 53, opener: 'device' } as const;
const filter = (name: string, permits: NamedPolicy['permits']): NamedPolicy => ({
  name,
  mode: 'filter',
  quarantineVlan: null,
  permits,
});
const routed: NamedPolicy = { name: 'moved', mode: 'vlan-routed', quarantineVlan: 66, permits: [archive] };
const flows = (...cut: string[]): string[] =>
  scanner.permits.map(({ flowId }) => flowId).filter((id) => cut.includes(id));

describe('the choice of a named policy', () => {
  it('keeps most of the permits, and says which it cuts', () => {
    const chosen = chooseNamedPolicy([filter('dark', []), routed, filter('images', [archive, names])], scanner);
    expect(chosen.policy.name).toBe('images');
    expect(chosen.cut).toEqual(flows('commitment', 'worklist', 'audit'));
  });

  it('never opens more than the permits, not even another opener of the same port', () => {
    const wrong = filter('wrong', [archive, { ...names, opener: 'peer' }]);
    expect(chooseNamedPolicy([wrong, filter('dark', [])], scanner).policy.name).toBe('dark');
    expect(() => chooseNamedPolicy([wrong], scanner)).toThrow(
      'wrong opens udp 53 with 10.20.0.53, which is not permitted',
    );
  });

  it('takes the one named first of equals, and one that takes our permits before all', () => {
    const equals = [filter('a', [archive]), filter('b', [names])];
    expect(chooseNamedPolicy(equals, scanner).policy.name).toBe('a');
    expect(chooseNamedPolicy([...equals, filter('sent', 'as-sent')], scanner)).toMatchObject({
      cut: [],
      policy: { name: 'sent' },
    });
  });

  it('is refused in words where none has the mode or the VLAN', () => {
    expect(() => chooseNamedPolicy([routed], scanner)).toThrow('moved is for vlan-routed');
    const elsewhere = { ...scanner, mode: 'vlan-routed', quarantineVlan: 67 } as const;
    expect(() => chooseNamedPolicy([routed], elsewhere)).toThrow('moved puts it into VLAN 66');
    expect(() => chooseNamedPolicy([], scanner)).toThrow('none is named');
  });

  it('compares addresses, not their spellings', () => {
    const spelled = { ...archive, peerAddress: '2001:0DB8:20:0::10', port: 6514 };
    expect(chooseNamedPolicy([filter('audit', [spelled])], scanner).cut).not.toContain('audit');
  });
});

describe('the configuration of named policies', () => {
  it('wants a VLAN where the device is moved, and none where it is not', () => {
    expect(namedPolicySchema.safeParse({ ...routed, quarantineVlan: null }).success).toBe(false);
    expect(namedPolicySchema.safeParse({ ...filter('x', []), quarantineVlan: 66 }).success).toBe(false);
    expect(namedPolicySchema.parse({ name: 'x', mode: 'filter', permits: [] }).quarantineVlan).toBeNull();
  });

  it('takes no name twice, and none that could be more than a name', () => {
    expect(namedPoliciesSchema.safeParse([filter('x', []), filter('x', [])]).success).toBe(false);
    expect(namedPolicySchema.safeParse(filter('x"; drop', [])).success).toBe(false);
  });
});
