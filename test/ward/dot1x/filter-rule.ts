/**
 * Rules of a session's filter, as a RADIUS server sends them in NAS-Filter-Rule (RFC 4849, attribute 92). The grammar is
 * that of Diameter's IPFilterRule (RFC 6733, 4.3.1):
 *
 *     rule    = action SP direction SP protocol SP "from" SP end SP "to" SP end *(SP option)
 *     end     = ("any" / "assigned" / address ["/" bits]) [SP port *("," port)]      ; port = number ["-" number]
 *
 * `in` is from the device, `out` is to it. Rules are tried in order and what none matches is denied. The attribute's
 * values are one text in which NUL separates the rules; many servers send a rule an attribute instead. Both are read.
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
}

export interface RuleEnd {
  /** `address/bits`; null: any, or the device's own. */
  network: string | null;
  /** Inclusive ranges; none: all. */
  ports: [number, number][];
}

const PROTOCOLS: Record<string, number | null> = { ip: null, icmp: 1, tcp: 6, udp: 17 };

/** Throws on a rule that this switch does not understand: a filter is applied whole or not at all. */
export function parseFilter(values: readonly string[]): FilterRule[] {
  return values
    .flatMap((value) => value.split('\0'))
    .filter((text) => text.trim() !== '')
    .map(parseRule);
}

function parseRule(text: string): FilterRule {
  const words = text.trim().split(/\s+/);
  const [action, direction, name = ''] = words;
  const to = words.indexOf('to');
  const known = (action === 'permit' || action === 'deny') && (direction === 'in' || direction === 'out');
  if (!known || words[3] !== 'from' || to < 5) throw new Error(`no filter rule: ${text}`);
  const protocol = name in PROTOCOLS ? (PROTOCOLS[name] ?? null) : Number(name);
  if (protocol !== null && !(Number.isInteger(protocol) && protocol >= 0 && protocol < 256))
    throw new Error(`unknown protocol: ${text}`);
  const [target, ...rest] = words.slice(to + 1);
  const ports = rest[0] !== undefined && /^\d/.test(rest[0]) ? [rest[0]] : [];
  const options = rest.slice(ports.length);
  const [option] = options;
  if (options.length > 1 || (option !== undefined && option !== 'established' && option !== 'setup'))
    throw new Error(`unknown option: ${text}`);
  return {
    action,
    direction,
    protocol,
    from: parseEnd(words.slice(4, to)),
    to: parseEnd([target ?? '', ...ports]),
    tcp: option ?? null,
  };
}

function parseEnd([address = '', ports]: string[]): RuleEnd {
  const network = address === 'any' || address === 'assigned' ? null : address;
  if (network !== null && !/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(network)) throw new Error(`no address: ${address}`);
  return { network, ports: ports === undefined ? [] : ports.split(',').map(parsePorts) };
}

function parsePorts(text: string): [number, number] {
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  if (!(first >= 0 && first <= last && last <= 65_535)) throw new Error(`no port: ${text}`);
  return [first, last];
}
