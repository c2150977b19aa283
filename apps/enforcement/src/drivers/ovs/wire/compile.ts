import ipaddr from 'ipaddr.js';
import { DriverError, type NextHop, type PointIsolation, type PointPermit } from '#driver';
import { canonicalMatch, textOf, type Flow } from './flow.js';

/** Above the switch's own rules (0) and its sampling (10); a permit beats the deny below it. */
const PRIORITY = { backwardSyn: 61_500, permit: 61_000, deny: 60_000, portLock: 59_000 } as const;

/**
 * The switch exports frames of these lines by itself (IPFIX, collector set 1), so that somebody else than this driver
 * sees that they work: each denied frame at point 9, one permitted frame of 64 at point 8. A switch without that
 * collector set ignores the action.
 */
const DENIED = 'sample(probability=65535,collector_set_id=1,obs_domain_id=10,obs_point_id=9)';
const PERMITTED = 'sample(probability=1024,collector_set_id=1,obs_domain_id=10,obs_point_id=8)';

/** This switch forwards permitted frames by its own lines, so every permit says where to. */
type RoutedPermit = PointPermit & { nextHop: NextHop };

/** Both ways between device and next hop: what to match, and how a frame goes on. */
interface Ways {
  outward: { fields: string[]; action: string };
  inward: { fields: string[]; action: string };
}

/**
 * The flows of an isolation beside the switch's own NORMAL rule, sorted by priority and text, so that they do not
 * depend on the order of the permits. `vlan-bridged` names ports on every line and holds under either VLAN, so it is
 * in force before the port moves; `filter` goes by MAC. Throws `too-many-entries` and `refused` (what can't be said).
 */
export function compileFlows(isolation: PointIsolation, maxEntries: number): Flow[] {
  const permits = check(isolation);
  const hops = [...new Map(permits.map(({ nextHop }) => [hopKey(nextHop), nextHop])).values()];
  const flows = [
    ...hops.flatMap((hop) => hopFlows(isolation, hop)),
    ...permits.flatMap((permit) => permitFlows(isolation, permit)),
    ...denyFlows(isolation),
  ];
  const unique = [...new Map(flows.map((flow) => [textOf(flow), flow])).entries()];
  if (unique.length > maxEntries) {
    throw new DriverError('too-many-entries', `${unique.length} entries, ${maxEntries} at most`);
  }
  const order = ([a, x]: [string, Flow], [b, y]: [string, Flow]): number => y.priority - x.priority || (a < b ? -1 : 1);
  return unique.sort(order).map(([, flow]) => flow);
}

function flow(priority: number, fields: string[], ...actions: string[]): Flow {
  return { priority, match: canonicalMatch(fields), actions: actions.join(',') };
}

function ways({ mode, mac, port }: PointIsolation, hop: NextHop): Ways {
  const outward = [`dl_src=${mac}`, `dl_dst=${hop.mac}`];
  const inward = [`dl_src=${hop.mac}`, `dl_dst=${mac}`];
  if (mode === 'filter') {
    return { outward: { fields: outward, action: 'NORMAL' }, inward: { fields: inward, action: 'NORMAL' } };
  }
  return {
    outward: { fields: [`in_port=${port}`, ...outward], action: `output:${hop.port}` },
    inward: { fields: [`in_port=${hop.port}`, ...inward], action: `output:${port}` },
  };
}

/** ARP between device and next hop, whose requests are broadcast, and "fragmentation needed" for path MTU discovery. */
function hopFlows(isolation: PointIsolation, hop: NextHop): Flow[] {
  const { outward, inward } = ways(isolation, hop);
  const anyReceiver = (fields: string[]): string[] => fields.filter((field) => !field.startsWith('dl_dst='));
  const asks = [`arp_spa=${isolation.address}`, `arp_tpa=${hop.address}`];
  const answers = [`arp_spa=${hop.address}`, `arp_tpa=${isolation.address}`];
  const tooBig = ['icmp', `nw_dst=${isolation.address}`, 'icmp_type=3', 'icmp_code=4'];
  return [
    flow(PRIORITY.permit, ['arp', ...anyReceiver(outward.fields), ...asks], outward.action),
    flow(PRIORITY.permit, ['arp', ...anyReceiver(inward.fields), ...answers], inward.action),
    flow(PRIORITY.permit, [...inward.fields, ...tooBig], inward.action),
  ];
}

/** A permit has an opener: its first packet passes one way only. UDP has no first packet, so both ways are open. */
function permitFlows(isolation: PointIsolation, permit: RoutedPermit): Flow[] {
  const { address } = isolation;
  const { outward, inward } = ways(isolation, permit.nextHop);
  const out = {
    fields: [...outward.fields, `nw_src=${address}`, `nw_dst=${permit.peerAddress}`],
    action: outward.action,
  };
  const back = {
    fields: [...inward.fields, `nw_src=${permit.peerAddress}`, `nw_dst=${address}`],
    action: inward.action,
  };
  const [forward, backward] = permit.opener === 'device' ? [out, back] : [back, out];
  const { transport, port } = permit;
  const answers = [transport, ...backward.fields, `tp_src=${port}`];
  return [
    flow(PRIORITY.permit, [transport, ...forward.fields, `tp_dst=${port}`], PERMITTED, forward.action),
    flow(PRIORITY.permit, answers, PERMITTED, backward.action),
    ...(transport === 'tcp' ? [flow(PRIORITY.backwardSyn, [...answers, 'tcp_flags=+syn-ack'], DENIED)] : []),
  ];
}

/** No ethertype is named, so IPv6 and anything else is denied too. */
function denyFlows({ mode, mac, port, alone }: PointIsolation): Flow[] {
  const device = [flow(PRIORITY.deny, [`dl_src=${mac}`], DENIED), flow(PRIORITY.deny, [`dl_dst=${mac}`], DENIED)];
  if (mode === 'vlan-bridged') return [flow(PRIORITY.deny, [`in_port=${port}`], DENIED), ...device];
  // Locked against a changed MAC; it would punish a second device on the port.
  return alone ? [...device, flow(PRIORITY.portLock, [`in_port=${port}`], DENIED)] : device;
}

function hopKey({ address, mac, port }: NextHop): string {
  return `${address} ${mac} ${port}`;
}

/** What becomes part of a flow's text must be what it says it is: the text is parsed again by `ovs-ofctl`. */
function check(isolation: PointIsolation): RoutedPermit[] {
  const { deviceNumber, generation, mac, address, port, mode, permits } = isolation;
  if (!Number.isInteger(deviceNumber) || deviceNumber < 0 || deviceNumber > 0xffff_ffff) refuse('the device number');
  if (!Number.isSafeInteger(generation) || generation < 0) refuse('the generation');
  if (!isMac(mac)) refuse("the device's MAC");
  if (!isIPv4(address)) refuse("the device's address: IPv4 only");
  if (!isPortName(port)) refuse("the port's name");
  if (mode === 'vlan-routed') refuse('to route: it has ports and VLANs only');
  return permits.map((permit) => {
    const { flowId, peerAddress, transport, port: service, nextHop } = permit;
    if (!nextHop) return refuse(`the way of permit ${flowId}`);
    if (!isIPv4(peerAddress) || !isIPv4(nextHop.address)) refuse(`an address of permit ${flowId}: IPv4 only`);
    if (!isMac(nextHop.mac)) refuse(`the next hop's MAC of permit ${flowId}`);
    if (!isPortName(nextHop.port)) refuse(`the next hop's port of permit ${flowId}`);
    if (transport !== 'tcp' && transport !== 'udp') refuse(`the transport of permit ${flowId}`);
    if (!Number.isInteger(service) || service < 1 || service > 65_535) refuse(`the port of permit ${flowId}`);
    return { ...permit, nextHop };
  });
}

function isIPv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

function isMac(text: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text);
}

/** Names that mean something else to `ovs-ofctl`, or that it would read as a number, are no names for us. */
function isPortName(text: string): boolean {
  const reserved = /^(in_port|table|normal|flood|all|controller|local|none|any|unset)$/i;
  return /^[A-Za-z][\w.-]{0,14}$/.test(text) && !reserved.test(text);
}

function refuse(what: string): never {
  throw new DriverError('refused', `the switch can't be told ${what}`);
}
