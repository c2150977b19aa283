/**
 * The script that the ward's first process runs: namespaces, links, switch, router, services, in one go. It is made
 * from the data in network.ts, and holds nothing that is not derived from it. Order matters where a comment says so.
 */
import {
  BRIDGE,
  GATEWAYS,
  HOSTS,
  INTERNET,
  MANAGEMENT,
  OUTSIDE_SITES,
  SERVICES,
  SPARE,
  namespaceOf,
  type HostName,
  type HostOnSwitch,
} from './network.js';
import type { Layout } from './layout.js';
import { dhcpRelayCommand, dnsCommand, quote, storeCommand, worklistCommand } from './services/commands.js';
import { dot1xLines, untilAuthorized } from './dot1x/lines.js';
import { LOOSE, NO_OFFLOAD, QUIET_IPV6, hostSetup } from './hosts/setup.js';
import { inside, starting } from './services/starting.js';
import { samplingFlows } from './switch/sampling.js';

/** Command lines of the ward's own Node programs, which the caller knows where to find. */
export interface Programs {
  commitment: string[];
  internet: string[];
  dhcpClient: string[];
  /** Only of a ward whose MRI is let in by 802.1X. */
  portAgent?: string[] | undefined;
}

export function topologyScript(layout: Layout, programs: Programs): string {
  const hosts: HostOnSwitch[] = Object.values(HOSTS);
  return [
    'set -euo pipefail',
    ...environment(layout),
    ...privateFiles(layout),
    ...ovsdb(layout),
    ...hosts.flatMap(hostLines),
    ...routerLines(),
    ...internetLines(),
    ...switchLinks(hosts),
    'wait $ovsdb',
    vswitchdCommand(layout),
    bridgeCommand(layout, hosts),
    samplingCommand(layout),
    ...(programs.portAgent ? dot1xLines(layout, programs.portAgent) : []),
    ...services(layout, programs),
    ...(programs.portAgent ? [untilAuthorized(layout)] : []),
    'echo ready',
    // The first process must reap what daemons leave; while bash waits in `read` it does. End of input ends the ward.
    'while read -r _; do :; done',
    '',
  ].join('\n');
}

export function environment(layout: Layout): string[] {
  const { run, log, db, etc } = layout.ovs;
  const dirs = { OVS_RUNDIR: run, OVS_LOGDIR: log, OVS_DBDIR: db, OVS_SYSCONFDIR: etc };
  return Object.entries(dirs).map(([name, value]) => `export ${name}=${quote(value)}`);
}

/** Starts the switch's process. A restart after a kill uses the same words: stale pid files do not matter. */
export function vswitchdCommand(layout: Layout): string {
  // --enable-dummy with datapath_type=dummy: the userspace datapath whose bridge port is no tap, so no /dev/net/tun.
  const own = [`--unixctl=${layout.vswitchdControl}`, `--pidfile=${layout.ovs.run}/ovs-vswitchd.pid`];
  const logs = [`--log-file=${layout.ovs.log}/ovs-vswitchd.log`, '-vconsole:off', '--no-chdir', '--detach'];
  const words = ['/usr/lib/openvswitch-switch/ovs-vswitchd', `unix:${layout.ovsdbSocket}`, '--enable-dummy'];
  return `${inside('switch')} ${[...words, ...own, ...logs].map(quote).join(' ')}`;
}

/** The switch's own start-up flows, also after a restart: the product has no part in them. */
export function samplingCommand(layout: Layout): string {
  const flows = samplingFlows().map(quote).join(' ');
  return `printf '%s\\n' ${flows} | ovs-ofctl -O OpenFlow14 add-flows ${quote(`unix:${layout.bridgeSocket}`)} -`;
}

/** The ward's mounts are its own: its namespaces' names and its resolver are seen by nobody else. */
function privateFiles(layout: Layout): string[] {
  return [
    'mkdir -p /run/netns',
    'mount -t tmpfs tmpfs /run/netns',
    `mount --bind ${quote(layout.resolvConf)} "$(readlink -f /etc/resolv.conf)"`,
  ];
}

function ovsdb(layout: Layout): string[] {
  const db = quote(`${layout.ovs.db}/conf.db`);
  const remotes = `--remote=${quote(`punix:${layout.ovsdbSocket}`)} --remote=ptcp:${MANAGEMENT.ovsdbPort}:0.0.0.0`;
  const own = `--unixctl=${quote(layout.ovsdbControl)} --pidfile=${quote(`${layout.ovs.run}/ovsdb-server.pid`)}`;
  const log = `--log-file=${quote(`${layout.ovs.log}/ovsdb-server.log`)} -vconsole:off --no-chdir --detach`;
  const { hostLink, switchLink, hostAddress, switchAddress } = MANAGEMENT;
  const sw = namespaceOf('switch');
  return [
    `ip netns add ${sw}`,
    `${inside('switch')} sysctl -qw ${QUIET_IPV6}`,
    `ip link add ${hostLink} type veth peer name ${switchLink} netns ${sw}`,
    // The services' end: IPv4 only, and strict reverse-path filtering, since IPFIX comes over plain UDP.
    `sysctl -qw net.ipv6.conf.${hostLink}.disable_ipv6=1 net.ipv4.conf.${hostLink}.rp_filter=1`,
    `ip addr add ${hostAddress}/24 dev ${hostLink}; ip link set ${hostLink} up`,
    `ip -n ${sw} link set lo up; ip -n ${sw} addr add ${switchAddress}/24 dev ${switchLink}; ip -n ${sw} link set ${switchLink} up`,
    // Started beside the links; without `init` the database has no row and the switch does nothing.
    `( ovsdb-tool create ${db} /usr/share/openvswitch/vswitch.ovsschema`,
    `  ${inside('switch')} ovsdb-server ${db} ${remotes} ${own} ${log}`,
    `  ovs-vsctl --db=${quote(`unix:${layout.ovsdbSocket}`)} --no-wait init ) & ovsdb=$!`,
  ];
}

function hostLines(host: HostOnSwitch): string[] {
  const ns = namespaceOf(host.name);
  return [
    `ip netns add ${ns}`,
    `ip -n wl-sw link add ${host.port} type veth peer name wl-e0 address ${host.mac} netns ${ns}`,
    `ip netns exec ${ns} sh -e -c ${quote(hostSetup(host).join('; '))}`,
  ];
}

function routerLines(): string[] {
  const ns = namespaceOf('router');
  const forward = 'net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0';
  const links = GATEWAYS.flatMap(({ link, address }) => [
    `ethtool -K ${link} ${NO_OFFLOAD} >/dev/null`,
    `ip addr add ${address}/24 dev ${link}; ip link set ${link} up`,
  ]);
  return [
    `ip netns add ${ns}`,
    ...GATEWAYS.map((g) => `ip -n wl-sw link add ${g.port} type veth peer name ${g.link} address ${g.mac} netns ${ns}`),
    `ip netns exec ${ns} sh -e -c ${quote([`sysctl -qw ${QUIET_IPV6} ${LOOSE} ${forward}`, 'ip link set lo up', ...links].join('; '))}`,
  ];
}

/** The router's default route leads to the internet host, which answers for its own addresses and swallows the rest. */
function internetLines(): string[] {
  const ns = namespaceOf('inet');
  const rtr = namespaceOf('router');
  const { uplink, routerAddress, mac } = INTERNET;
  const addresses = OUTSIDE_SITES.map((site) => `ip addr add ${site.address}/24 dev wl-e0`);
  const setup = [
    `sysctl -qw ${QUIET_IPV6} ${LOOSE} net.ipv4.ip_forward=0`,
    'ip link set lo up',
    `ethtool -K wl-e0 ${NO_OFFLOAD} >/dev/null`,
    ...addresses,
    'ip link set wl-e0 up',
    `ip route add default via ${routerAddress}`,
  ];
  return [
    `ip netns add ${ns}`,
    `ip -n ${rtr} link add ${uplink} type veth peer name wl-e0 address ${mac} netns ${ns}`,
    `ip netns exec ${rtr} sh -e -c ${quote(`ethtool -K ${uplink} ${NO_OFFLOAD} >/dev/null; ip addr add ${routerAddress}/24 dev ${uplink}; ip link set ${uplink} up; ip route add default via ${INTERNET.address}`)}`,
    `ip netns exec ${ns} sh -e -c ${quote(setup.join('; '))}`,
  ];
}

function switchLinks(hosts: HostOnSwitch[]): string[] {
  const ports = [...hosts.map(({ port }) => port), ...GATEWAYS.map(({ port }) => port), SPARE.port];
  const setup = [
    `ip link add ${SPARE.port} type veth peer name ${SPARE.link}`,
    `ethtool -K ${SPARE.link} ${NO_OFFLOAD} >/dev/null`,
    ...ports.flatMap((port) => [`ethtool -K ${port} tx off gro off >/dev/null`, `ip link set ${port} up`]),
  ];
  return [`${inside('switch')} sh -e -c ${quote(setup.join('; '))}`];
}

/** Bridge and ports in one transaction. Port numbers are asked for: flows name them, and must mean the same port later. */
function bridgeCommand(layout: Layout, hosts: HostOnSwitch[]): string {
  const { openflowPort, switchAddress } = MANAGEMENT;
  const protocols = 'protocols=OpenFlow10,OpenFlow13,OpenFlow14,OpenFlow15';
  const port = (name: string, tag: number, ofport: number): string[] => [
    ...['--', 'add-port', BRIDGE, name, `tag=${tag}`],
    ...['--', 'set', 'interface', name, `ofport_request=${ofport}`],
  ];
  const words = [
    ...['--', 'add-br', BRIDGE],
    ...['--', 'set', 'bridge', BRIDGE, 'datapath_type=dummy', 'fail_mode=standalone', protocols],
    ...['--', 'set', 'bridge', BRIDGE, 'other_config:mac-aging-time=300', 'other_config:mac-table-size=4096'],
    ...['--', 'set-controller', BRIDGE, `ptcp:${openflowPort}:${switchAddress}`],
    ...hosts.flatMap((host) => port(host.port, host.vlan, host.ofport)),
    ...GATEWAYS.flatMap((gateway) => port(gateway.port, gateway.vlan, gateway.ofport)),
    ...port(SPARE.port, SPARE.vlan, SPARE.ofport),
  ];
  return `ovs-vsctl --timeout=10 --db=${quote(`unix:${layout.ovsdbSocket}`)} ${words.map(quote).join(' ')}`;
}

/** sh(1): ends with 0 as soon as something listens, for IPv4 or for both; goes on after 5 s. */
export function waitForListener(table: 'tcp' | 'udp', port: number): string {
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  return `for i in $(seq 250); do grep -Eqs ':${local} 0+:0000 ' /proc/net/${table} /proc/net/${table}6 && exit 0; sleep 0.02; done`;
}

function services(layout: Layout, programs: Programs): string[] {
  const start = (name: HostName, log: string, words: string[]): string => starting(layout, name, log, words);
  const listens = (name: HostName, table: 'tcp' | 'udp', port: number): string =>
    `${inside(name)} sh -c ${quote(`${waitForListener(table, port)}; echo "nothing listens on ${table}/${port} of ${name}" >&2; exit 1`)}`;
  return [
    start('archive', 'commitment', programs.commitment),
    start('dns', 'dnsmasq', dnsCommand(layout)),
    start('router', 'dhcp-relay', dhcpRelayCommand()),
    start('archive', 'storescp', storeCommand(layout)),
    `for f in ${quote(layout.worklist)}/WARDWL/*.dump; do dump2dcm "$f" "\${f%.dump}.wl"; done`,
    start('worklist', 'wlmscpfs', worklistCommand(layout)),
    start('inet', 'internet', programs.internet),
    start('ws', 'dhcp-client', programs.dhcpClient),
    listens('dns', 'udp', SERVICES.dns.port),
    listens('archive', 'tcp', SERVICES.store.port),
    listens('archive', 'tcp', SERVICES.commitment.port),
    listens('worklist', 'tcp', SERVICES.worklist.port),
    listens('inet', 'tcp', 80),
    `${inside('ws')} sh -c ${quote('for i in $(seq 250); do ip -4 -o addr show wl-e0 | grep -q inet && exit 0; sleep 0.02; done; echo "the workstation got no lease" >&2; exit 1')}`,
    `for i in $(seq 100); do ${inside('mri')} ping -c1 -W1 ${HOSTS.archive.address} >/dev/null 2>&1 && break; sleep 0.02; done`,
  ];
}
