/**
 * The ward's network as plain data: who is where, with which address and at which port of the switch.
 *
 * Everything else (the topology script, the site's inventory, the worm's targets, the witnesses) reads it from here,
 * so that no test can disagree with the network about where a host is.
 */

/** Prefix of every namespace and link of the ward. Clean-up removes what carries it and nothing else. */
export const PREFIX = 'wl-';
export const BRIDGE = 'wl-br0';

/** The out-of-band management link: the services' end is in the root namespace, the other in the switch's. */
export const MANAGEMENT = {
  hostLink: 'wl-host',
  hostAddress: '10.99.0.1',
  switchLink: 'wl-m0',
  switchAddress: '10.99.0.2',
  ovsdbPort: 6640,
  openflowPort: 6653,
  ipfixPort: 4739,
} as const;

export const VLANS = { imaging: 10, servers: 20, workstations: 30, quarantine: 66 } as const;
export type Vlan = (typeof VLANS)[keyof typeof VLANS];

/** The router has one access port in each VLAN. */
export const GATEWAYS = Object.values(VLANS).map((vlan) => ({
  vlan,
  port: `wl-r${vlan}`,
  link: `wl-v${vlan}`,
  ofport: 100 + vlan,
  address: `10.${vlan}.0.1`,
  mac: `00:16:3e:00:00:${vlan}`,
}));

export interface HostOnSwitch {
  name: SwitchedHost;
  mac: string;
  vlan: Vlan;
  port: string;
  ofport: number;
  /** Absent: by DHCP. */
  address?: string;
  /** IPv6 link-local only; the ward routes no IPv6. */
  ipv6: boolean;
  /** Shape of the host's sending side in Mbit/s. */
  mbit?: number;
  aeTitle?: string;
}

export const SWITCHED_HOSTS = ['mri', 'mri2', 'ct', 'archive', 'worklist', 'dns', 'ws'] as const;
export type SwitchedHost = (typeof SWITCHED_HOSTS)[number];

/**
 * `clone` exists only while something is plugged into the spare port, `phantom` only in a ward with 802.1X; `router` and
 * `switch` are for captures.
 */
export type HostName = SwitchedHost | 'inet' | 'router' | 'switch' | 'clone' | 'phantom';

export const HOSTS = {
  mri: host('mri', '08:00:06:10:00:11', 10, 1, { address: '10.10.0.11', ipv6: true, mbit: 50, aeTitle: 'MRI' }),
  mri2: host('mri2', '08:00:06:10:00:12', 10, 2, { address: '10.10.0.12', ipv6: true, aeTitle: 'MRI2' }),
  ct: host('ct', '08:00:06:10:00:13', 10, 3, { address: '10.10.0.13', ipv6: true, aeTitle: 'CT' }),
  archive: host('archive', '00:16:3e:20:00:10', 20, 4, { address: '10.20.0.10', aeTitle: 'ARCHIVE' }),
  worklist: host('worklist', '00:16:3e:20:00:11', 20, 5, { address: '10.20.0.11', aeTitle: 'WARDWL' }),
  dns: host('dns', '00:16:3e:20:00:53', 20, 6, { address: '10.20.0.53' }),
  ws: host('ws', '00:16:3e:30:00:21', 30, 7, {}),
} as const satisfies Record<SwitchedHost, HostOnSwitch>;

/** A live but empty wall socket in the imaging VLAN, for a device that moves and for a host that impersonates one. */
export const SPARE = { port: 'wl-spare', link: 'wl-x9', ofport: 9, vlan: VLANS.imaging } as const;

/** Of a ward with 802.1X: a test device at the spare port, that belongs to nobody's contract and on which to try things. */
export const PHANTOM = { name: 'phantom', mac: '08:00:06:10:00:19', address: '10.10.0.19' } as const;

export const SERVICES = {
  store: { host: 'archive', port: 104 },
  commitment: { host: 'archive', port: 11112 },
  worklist: { host: 'worklist', port: 105 },
  /** Each modality listens here for the archive's storage-commitment report. */
  commitmentReport: 11113,
  dns: { host: 'dns', port: 53 },
} as const;

/** The internet: one host straight behind the router that holds the address of each outside site. */
export const INTERNET = {
  uplink: 'wl-wan',
  routerAddress: '203.0.113.1',
  address: '203.0.113.10',
  mac: '02:00:5e:00:71:10',
} as const;

/** The only outside names that the ward's resolver knows (`.example` is reserved by RFC 2606). */
export const OUTSIDE_SITES = [
  { name: 'clock.example', address: '203.0.113.10' },
  { name: 'portal.example', address: '203.0.113.11' },
  { name: 'updates.vendor.example', address: '203.0.113.12' },
] as const;

export const DOMAIN = 'ward.test';
export const DHCP_RANGES = [
  { tag: 'ws', vlan: VLANS.workstations },
  { tag: 'quarantine', vlan: VLANS.quarantine },
] as const;

export function gatewayOf(vlan: Vlan): (typeof GATEWAYS)[number] {
  const found = GATEWAYS.find((gateway) => gateway.vlan === vlan);
  if (!found) throw new Error(`no gateway in VLAN ${vlan}`);
  return found;
}

/** Network namespace of a host. */
export function namespaceOf(name: HostName): string {
  if (name === 'router') return 'wl-rtr';
  if (name === 'switch') return 'wl-sw';
  return PREFIX + name;
}

/** EUI-64 link-local address of a MAC (RFC 4291 appendix A). */
export function linkLocalOf(mac: string): string {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}`;
}

function host<N extends SwitchedHost, R extends Partial<HostOnSwitch>>(
  name: N,
  mac: string,
  vlan: Vlan,
  ofport: number,
  rest: R,
): { name: N; mac: string; vlan: Vlan; port: string; ofport: number; ipv6: boolean } & R {
  return { name, mac, vlan, port: PREFIX + name, ofport, ipv6: false, ...rest };
}
