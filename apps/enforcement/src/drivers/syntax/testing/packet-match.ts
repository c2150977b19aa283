import ipaddr from 'ipaddr.js';

/** A packet of the device's session, as a switch's filter sees it. */
export interface Packet {
  direction: 'in' | 'out';
  /** The other end. */
  far: string;
  protocol: 'tcp' | 'udp' | 'icmp' | 'gre';
  devicePort: number;
  farPort: number;
  /** ACK or RST is set. */
  established: boolean;
  icmpType: number;
}

type Verdict = 'permit' | 'deny' | null;
type Reader = (line: string, packet: Packet) => Verdict;

const PROTOCOLS: Record<string, Packet['protocol']> = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmp',
  icmp: 'icmp',
};
const ICMP6: Record<string, number> = { 'router-solicitation': 133, 'nd-ns': 135, 'nd-na': 136 };

/**
 * What a switch does with a packet, read from the lines alone, as their documents say: the first match decides, and
 * nothing that matches no line passes. It shares nothing with what writes the lines.
 */
export function passes(lines: readonly string[], packet: Packet, read: Reader): boolean {
  for (const line of lines) {
    const verdict = read(line, packet);
    if (verdict) return verdict === 'permit';
  }
  return false;
}

/** RFC 6733 4.3.1; HPE's grammar is a part of it. */
export const ipFilterRule: Reader = (line, packet) => {
  const match =
    /^(permit|deny) (in|out) (\S+) from (\S+)(?: (\d+))? to (\S+)(?: (\d+))?( established)?(?: icmptypes ([\d,]+))?$/.exec(
      line,
    );
  if (!match) throw new Error(`not an IPFilterRule: ${line}`);
  const [, action, direction, protocol = '', source = '', sourcePort, target = '', targetPort, established, types] =
    match;
  const near = direction === 'in' ? [source, sourcePort] : [target, targetPort];
  const far = direction === 'in' ? [target, targetPort] : [source, sourcePort];
  if (near[0] !== 'any') throw new Error(`the device is not named: ${line}`);
  const fits =
    packet.direction === direction &&
    protocolFits(protocol, packet) &&
    addressFits(far[0] ?? '', packet.far) &&
    portFits(near[1], packet.devicePort) &&
    portFits(far[1], packet.farPort) &&
    (!established || packet.established) &&
    (!types || types.split(',').includes(String(packet.icmpType)));
  return fits ? (action as Verdict) : null;
};

/** Extended access lists of IOS, of one family. */
export function ciscoEntry(family: 'ipv4' | 'ipv6'): Reader {
  return (line, packet) => {
    const match =
      /^(permit|deny) (\S+) any(?: eq (\d+))? (any|host \S+|\S+\/\d+)(?: eq (\d+))?(?: (established|[a-z][\w-]+))?$/.exec(
        line,
      );
    if (!match) throw new Error(`not an access list entry: ${line}`);
    const [, action, protocol = '', devicePort, far = '', farPort, word] = match;
    const whole = family === 'ipv4' ? 'ip' : 'ipv6';
    const fits =
      (ipaddr.parse(packet.far).kind() as string) === family &&
      (protocol === whole || protocolFits(protocol, packet)) &&
      addressFits(far.replace('host ', ''), packet.far) &&
      portFits(devicePort, packet.devicePort) &&
      portFits(farPort, packet.farPort) &&
      (word !== 'established' || packet.established) &&
      (!word || word === 'established' || ICMP6[word] === packet.icmpType);
    return fits ? (action as Verdict) : null;
  };
}

/** Terms of Juniper-Switching-Filter. */
export const juniperTerm: Reader = (line, packet) => {
  const match = /^Match (.+) Action (allow|deny)$/.exec(line);
  if (!match) throw new Error(`not a term: ${line}`);
  const conditions = (match[1] ?? '').split(', ').map((condition) => condition.split(' '));
  const fits = conditions.every(([name, value = '']) => {
    if (name === 'Ip-protocol') return protocolFits(value, packet);
    if (name === 'Destination-ip') return addressFits(value, packet.far);
    if (name === 'Destination-port') return portFits(value, packet.farPort);
    if (name === 'Source-port') return portFits(value, packet.devicePort);
    throw new Error(`not a condition: ${name}`);
  });
  return fits ? (match[2] === 'allow' ? 'permit' : 'deny') : null;
};

/** ICMP of the two families are two protocols. */
function protocolFits(name: string, { protocol, far }: Packet): boolean {
  const family = ipaddr.parse(far).kind();
  if ((name === '1' && family === 'ipv6') || (name === '58' && family === 'ipv4')) return false;
  return name === 'ip' || (PROTOCOLS[name] ?? name) === protocol;
}

function addressFits(pattern: string, address: string): boolean {
  if (pattern === 'any') return true;
  const parsed = ipaddr.parse(address);
  if (!pattern.includes('/')) return ipaddr.parse(pattern).toString() === parsed.toString();
  const [network, bits] = ipaddr.parseCIDR(pattern);
  return network.kind() === parsed.kind() && parsed.match([network, bits]);
}

function portFits(named: string | undefined, port: number): boolean {
  return named === undefined || Number(named) === port;
}
