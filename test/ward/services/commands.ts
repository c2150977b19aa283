import { DHCP_RANGES, DOMAIN, HOSTS, OUTSIDE_SITES, SERVICES, gatewayOf } from '../network.js';
import type { Layout } from '../layout.js';

/** The Debian packages that the ward needs, with a program of each by which one sees that it is there. */
export const PACKAGES = [
  { name: 'openvswitch-switch', program: 'ovs-vsctl' },
  { name: 'dcmtk', program: 'storescp' },
  { name: 'dnsmasq-base', program: 'dnsmasq' },
  { name: 'tcpdump', program: 'tcpdump' },
  { name: 'ethtool', program: 'ethtool' },
  { name: 'iputils-ping', program: 'ping' },
  { name: 'iproute2', program: 'ip' },
] as const;

/** Of a ward with 802.1X, beside them. */
export const DOT1X_PACKAGES = [
  { name: 'hostapd', program: 'hostapd' },
  { name: 'freeradius', program: 'freeradius' },
  { name: 'freeradius-utils', program: 'radclient' },
  { name: 'wpasupplicant', program: 'wpa_supplicant' },
] as const;

/** How a shell word is quoted for sh(1). */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function storeCommand(layout: Layout): string[] {
  // +B writes what came off the wire, so that the witness can compare data sets bit by bit.
  const how = ['-v', '-dhl', '--fork', '+B', '-pdu', '131072'];
  return ['storescp', ...how, '-aet', HOSTS.archive.aeTitle, '-od', layout.archive.stored, `${SERVICES.store.port}`];
}

export function worklistCommand(layout: Layout): string[] {
  return ['wlmscpfs', '-v', '-dhl', '-dfp', layout.worklist, `${SERVICES.worklist.port}`];
}

export function dnsCommand(layout: Layout): string[] {
  return ['dnsmasq', `--conf-file=${layout.dns.config}`];
}

export function dhcpRelayCommand(): string[] {
  const own = ['--conf-file=/dev/null', '--keep-in-foreground', '--user=root', '--port=0', '--pid-file='];
  const relays = DHCP_RANGES.map(
    ({ vlan }) => `--dhcp-relay=${gatewayOf(vlan).address},${HOSTS.dns.address},${gatewayOf(HOSTS.dns.vlan).link}`,
  );
  return ['dnsmasq', ...own, '--log-facility=-', ...relays];
}

/**
 * Configuration of the ward's resolver and DHCP server.
 *
 * The query log is dnsmasq's `log-queries=extra` in its own file: `Nov 24 22:24:01 dnsmasq[12]: 5 10.10.0.11/40000
 * query[A] name from 10.10.0.11`. Its time stamps have a resolution of one second and no year: a reader that follows
 * the file should take the moment at which it read the line (a fraction of a millisecond after dnsmasq wrote it),
 * and the stamp only for what was there before it began. `extra` gives serial number, address and port of the client:
 * the five-tuple by which a look-up is bound to the packet that the switch saw.
 */
export function dnsConfig(layout: Layout): string {
  const hosts = Object.values(HOSTS).flatMap((host) =>
    'address' in host ? [`host-record=${host.name}.${DOMAIN},${host.address}`] : [],
  );
  const sites = OUTSIDE_SITES.map((site) => `host-record=${site.name},${site.address}`);
  const ranges = DHCP_RANGES.flatMap(({ tag, vlan }) => [
    `dhcp-range=set:${tag},10.${vlan}.0.100,10.${vlan}.0.150,255.255.255.0,10m`,
    `dhcp-option=tag:${tag},option:router,${gatewayOf(vlan).address}`,
  ]);
  return [
    'keep-in-foreground',
    'user=root',
    `pid-file=${layout.dns.dir}/dnsmasq.pid`,
    'no-hosts',
    'no-resolv',
    `listen-address=${HOSTS.dns.address}`,
    'bind-interfaces',
    `domain=${DOMAIN}`,
    'local=/#/',
    ...hosts,
    ...sites,
    'log-queries=extra',
    `log-facility=${layout.dns.queries}`,
    'no-ping',
    'dhcp-authoritative',
    ...ranges,
    `dhcp-option=option:dns-server,${HOSTS.dns.address}`,
    `dhcp-leasefile=${layout.dns.leases}`,
    '',
  ].join('\n');
}

/** The resolver is asked once and for one second: DCMTK looks up names on its way, and a dead resolver would stall it. */
export function resolvConf(): string {
  return `nameserver ${HOSTS.dns.address}\nsearch ${DOMAIN}\noptions timeout:1 attempts:1\n`;
}

/** One scheduled procedure step for each modality, in the text form that `dump2dcm` reads. `date`: YYYYMMDD. */
export function worklistEntry(aeTitle: string, modality: string, number: number, date: string): string {
  return [
    '(0008,0005) CS [ISO_IR 100]',
    `(0008,0050) SH [A${number}]`,
    '(0010,0010) PN [WARD^TEST]',
    `(0010,0020) LO [P000${number}]`,
    '(0010,0030) DA [19700101]',
    '(0010,0040) CS [O]',
    `(0020,000d) UI [2.25.${1000 + number}]`,
    `(0032,1060) LO [${modality} HEAD]`,
    '(0040,0100) SQ (Sequence with undefined length #=1)',
    '  (fffe,e000) na (Item with undefined length #=1)',
    `    (0008,0060) CS [${modality}]`,
    `    (0040,0001) AE [${aeTitle}]`,
    `    (0040,0002) DA [${date}]`,
    '    (0040,0003) TM [101500]',
    '    (0040,0006) PN []',
    '    (0040,0007) LO [HEAD]',
    `    (0040,0009) SH [SPS${number}]`,
    '  (fffe,e00d) na',
    '(fffe,e0dd) na',
    `(0040,1001) SH [RP${number}]`,
    '',
  ].join('\n');
}
