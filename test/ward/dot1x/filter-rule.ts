import { isIP } from 'node:net';

/**
 * Rules of a session's filter, as a RADIUS server sends them in NAS-Filter-Rule (RFC 4849, attribute 92). The grammar is
 * that of Diameter's IPFilterRule (RFC 6733, 4.3.1):
 *
 *     rule    = action SP direction SP protocol SP "from" SP end SP "to" SP end *(SP option)
 *     end     = ("any" / "assigned" / address ["/" bits]) [SP port *("," port)]      ; port = number ["-" number]
 *     option  = "established" / "setup" / "icmptypes" SP number *("," number)
 *
 * `in` is from the device, `out` is to it. Rules are tried in order and what none matches is denied. The attribute's
 * values are pieces of one text in which NUL separates the rules; many servers send a rule an attribute instead. Both
 * are read.
 */
export interface FilterRule {
  action: 'permit' | 'deny';
  direction: 'in' | 'out';
  /** IP protocol number; null: any. */
  protocol: number | null;
  from: RuleEnd;
  to: RuleEnd;
  /** TCP only: `established` has ACK or RST, `setup` has SYN without ACK. */
  tcp: 'established' | 'setup' | null;
  /** None: all. */
  icmpTypes: number[];
}

export interface RuleEnd {
  /** `address` or `address/bits`, of IPv4 or IPv6; null: any, or the device's own. */
  network: string | null;
  /** Inclusive ranges; none: all. */
  ports: [number, number][];
}

const PROTOCOLS: Record<string, number | null> = { ip: null, icmp: 1, tcp: 6, udp: 17 };

/** Throws on a rule that this switch does not understand: a filter is applied whole or not at all. */
export function parseFilter(values: readonly string[]): FilterRule[] {
  const isOneText = values.some((value) => value.includes('\0'));
  const texts = isOneText ? values.join('').split('\0') : values;
  return texts.filter((text) => text.trim() !== '').map(parseRule);
}

function parseRule(text: string): FilterRule {
  const words = text.trim().split(/\s+/);
  const [action, direction, protocol = '', from] = words;
  const to = words.indexOf('to');
  const known = (action === 'permit' || action === 'deny') && (direction === 'in' || direction === 'out');
  if (!known || from !== 'from' || to < 5) throw new Error(`no filter rule: ${text}`);
  const [target = '', ...rest] = words.slice(to + 1);
  const ports = rest[0] !== undefined && /^\d/.test(rest[0]) ? [rest[0]] : [];
  return {
    action,
    direction,
    protocol: parseProtocol(protocol),
    from: parseEnd(words.slice(4, to)),
    to: parseEnd([target, ...ports]),
    ...parseOptions(rest.slice(ports.length)),
  };
}

function parseProtocol(name: string): number | null {
  const protocol = name in PROTOCOLS ? (PROTOCOLS[name] ?? null) : Number(name);
  if (protocol === null || (Number.isInteger(protocol) && protocol >= 0 && protocol < 256)) return protocol;
  throw new Error(`unknown protocol: ${name}`);
}

function parseOptions([option, ...rest]: string[]): Pick<FilterRule, 'tcp' | 'icmpTypes'> {
  if (option === undefined) return { tcp: null, icmpTypes: [] };
  if ((option === 'established' || option === 'setup') && rest.length === 0) return { tcp: option, icmpTypes: [] };
  const types = (rest[0] ?? '').split(',').map(Number);
  if (option === 'icmptypes' && rest.length === 1 && types.every((type) => type >= 0 && type < 256))
    return { tcp: null, icmpTypes: types };
  throw new Error(`unknown option: ${[option, ...rest].join(' ')}`);
}

function parseEnd([address = '', ports]: string[]): RuleEnd {
  const network = address === 'any' || address === 'assigned' ? null : address;
  if (network !== null && !isIP(network.replace(/\/\d+$/, ''))) throw new Error(`no address: ${address}`);
  return { network, ports: ports === undefined ? [] : ports.split(',').map(parsePorts) };
}

function parsePorts(text: string): [number, number] {
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  if (!(first >= 0 && first <= last && last <= 65_535)) throw new Error(`no port: ${text}`);
  return [first, last];
}
