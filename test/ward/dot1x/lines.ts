/** The part of the ward's script that makes ports which 802.1X opens. */
import { plugPhantom } from '../hosts/plug.js';
import type { Layout } from '../layout.js';
import { DOMAIN } from '../network.js';
import { quote } from '../services/commands.js';
import { inside, starting } from '../services/starting.js';
import { DOT1X_PORTS, PARK_VLAN, RADIUS_PORTS, SESSION_VLANS, vlanLink } from './configs.js';
import { hostapdFile, supplicantFile } from './files.js';

/**
 * The ports are parked until their sessions begin. RADIUS is spoken on the management link: the server is on the
 * services' end. Each part listens before the one that asks it starts.
 */
export function dot1xLines(layout: Layout, portAgent: string[]): string[] {
  const { radius } = layout;
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const certificate = ['-keyout', `${radius.raddb}/server.key`, '-out', `${radius.raddb}/server.pem`];
  const links = SESSION_VLANS.map((vlan) => `ip link add ${vlanLink(vlan)} type veth peer name ${vlanLink(vlan)}p`);
  const ports = Object.values(DOT1X_PORTS);
  const parked = ports.map(({ link }) => `-- set port ${link} tag=${PARK_VLAN}`).join(' ');
  const until = (test: string, what: string): string =>
    `for i in $(seq 500); do ${test} && break; sleep 0.01; done; ${test} || { echo ${quote(what)} >&2; exit 1; }`;
  const listens = `grep -qs ':${RADIUS_PORTS.authentication.toString(16).toUpperCase().padStart(4, '0')} ' /proc/net/udp`;
  return [
    `ovs-vsctl --timeout=10 --db=${quote(`unix:${layout.ovsdbSocket}`)} ${parked}`,
    `openssl req -x509 ${[...key, ...certificate].map(quote).join(' ')} -subj /CN=radius.${DOMAIN} 2>/dev/null`,
    starting(layout, undefined, 'freeradius', ['freeradius', '-f', '-d', radius.raddb]),
    `${inside('switch')} sh -e -c ${quote(links.join('; '))}`,
    plugPhantom(),
    until(listens, `FreeRADIUS did not start: see ${radius.log}/radius.log`),
    ...ports.map((port) =>
      starting(layout, 'switch', `hostapd-${port.host}`, ['hostapd', '-t', hostapdFile(layout, port)]),
    ),
    ...ports.map(({ host, link }) =>
      until(`[ -S ${quote(`${radius.hostapd}/${link}`)} ]`, `hostapd did not start: see hostapd-${host}.log`),
    ),
    starting(layout, 'switch', 'port-agent', portAgent),
    until(
      `[ "$(grep -cs ready ${quote(`${layout.log}/port-agent.log`)})" = ${ports.length} ]`,
      'the port agent did not start: see port-agent.log',
    ),
    ...ports.map((port) => {
      const words = ['wpa_supplicant', '-D', 'wired', '-i', 'wl-e0', '-c', supplicantFile(layout, port)];
      return starting(layout, port.host, `supplicant-${port.host}`, words);
    }),
  ];
}

export function untilAuthorized({ log }: Layout): string {
  const count = `"$(grep -cs '"authorized"' ${quote(`${log}/port-agent.log`)})"`;
  const authorized = `[ ${count} -ge ${Object.keys(DOT1X_PORTS).length} ]`;
  return `for i in $(seq 1000); do ${authorized} && break; sleep 0.01; done; ${authorized} || { echo "a device was not let in: see port-agent.log and hostapd's" >&2; exit 1; }`;
}
