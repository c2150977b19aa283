/** Scripts that move cables: pure text, run by the ward as root inside its enclosure. */
import { HOSTS, PHANTOM, SPARE, namespaceOf, type HostOnSwitch } from '../network.js';
import { quote } from '../services/commands.js';
import { hostSetup, interfaceSetup } from './setup.js';

/** What a host's first cable is called while it hangs loose. */
const LOOSE_LINK = 'wl-home';
const LOOSE_MAC = '02:00:00:00:00:99';
const SWITCH = namespaceOf('switch');

/** Moves a host's cable to the spare port: its old port loses the link, addresses and neighbour entries go along. */
export function toSpare(host: HostOnSwitch): string {
  const ns = namespaceOf(host.name);
  return replug(host, [
    `ip -n ${ns} link set wl-e0 down`,
    `ip -n ${ns} link set wl-e0 name ${LOOSE_LINK}`,
    ...loosen(ns, LOOSE_LINK),
    `ip -n ${SWITCH} link set ${SPARE.link} netns ${ns}`,
    `ip -n ${ns} link set ${SPARE.link} name wl-e0 address ${host.mac}`,
  ]);
}

/** And back to the port where it was. */
export function toHome(host: HostOnSwitch): string {
  const ns = namespaceOf(host.name);
  return replug(host, [
    `ip -n ${ns} link set wl-e0 down`,
    `ip -n ${ns} link set wl-e0 name ${SPARE.link}`,
    ...loosen(ns, SPARE.link),
    `ip netns exec ${ns} tc qdisc del dev ${SPARE.link} root 2>/dev/null || true`,
    `ip -n ${ns} link set ${SPARE.link} netns ${SWITCH}`,
    `ip -n ${ns} link set ${LOOSE_LINK} name wl-e0 address ${host.mac}`,
    `ip netns exec ${ns} tc qdisc del dev wl-e0 root 2>/dev/null || true`,
  ]);
}

function loosen(ns: string, link: string): string[] {
  return [`ip -n ${ns} addr flush dev ${link}`, `ip -n ${ns} link set ${link} address ${LOOSE_MAC}`];
}

function replug(host: HostOnSwitch, moves: string[]): string {
  const ns = namespaceOf(host.name);
  return [
    'set -euo pipefail',
    `kept=$(ip -n ${ns} neigh show dev wl-e0 nud permanent; ip -n ${ns} -6 neigh show dev wl-e0 nud permanent)`,
    ...moves,
    `ip netns exec ${ns} sh -e -c ${quote(interfaceSetup(host).join('; '))}`,
    // `ADDRESS lladdr MAC PERMANENT` becomes a line that puts the entry back; multicast ones are the kernel's own.
    `printf '%s\\n' "$kept" | grep -Ev '^(ff|224|$)' | awk '{print "neigh replace", $1, "lladdr", $3, "dev wl-e0 nud permanent"}' | ip -n ${ns} -batch - || true`,
  ].join('\n');
}

/** A stranger at the spare port that uses a host's MAC and address. */
export function cloneAtSpare(of: HostOnSwitch): string {
  const ns = namespaceOf('clone');
  const { mbit: _unshaped, ...twin } = of;
  // What the servers send to the original also comes here. A clone that does not want to be noticed keeps silent.
  const silence = [HOSTS.archive, HOSTS.worklist].map(({ address }) => `ip route add blackhole ${address}/32`);
  return [
    'set -euo pipefail',
    `ip netns add ${ns}`,
    `ip -n ${SWITCH} link set ${SPARE.link} netns ${ns}`,
    `ip -n ${ns} link set ${SPARE.link} name wl-e0 address ${of.mac}`,
    `ip netns exec ${ns} sh -e -c ${quote([`sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.wl-e0.accept_dad=0`, 'ip link set lo up', ...silence, ...interfaceSetup(twin)].join('; '))}`,
  ].join('\n');
}

/** The test device at the spare port. Nothing listens on it: it answers every attempt with a refusal. */
export function plugPhantom(): string {
  const ns = namespaceOf(PHANTOM.name);
  return [
    `ip netns add ${ns}`,
    `ip -n ${SWITCH} link set ${SPARE.link} netns ${ns}`,
    `ip -n ${ns} link set ${SPARE.link} name wl-e0 address ${PHANTOM.mac}`,
    `ip netns exec ${ns} sh -e -c ${quote(hostSetup({ ...HOSTS.mri2, mac: PHANTOM.mac, address: PHANTOM.address }).join('; '))}`,
  ].join('\n');
}

export function unplugClone(): string {
  const ns = namespaceOf('clone');
  return [
    'set -euo pipefail',
    `ip netns pids ${ns} | xargs -r kill -KILL`,
    `ip -n ${ns} link set wl-e0 down`,
    `ip -n ${ns} link set wl-e0 name ${SPARE.link} address ${LOOSE_MAC}`,
    `ip -n ${ns} addr flush dev ${SPARE.link}`,
    `ip -n ${ns} link set ${SPARE.link} netns ${SWITCH}`,
    `ip netns del ${ns}`,
  ].join('\n');
}

/** The workstation takes another host's MAC and address, in its own VLAN; with its own ones back it is as before. */
export function disguiseWorkstation(as: { mac: string; address: string; gateway: string }): string {
  const ns = namespaceOf(HOSTS.ws.name);
  return [
    'set -euo pipefail',
    `ip -n ${ns} addr flush dev wl-e0 scope global`,
    `ip -n ${ns} link set wl-e0 down; ip -n ${ns} link set wl-e0 address ${as.mac}; ip -n ${ns} link set wl-e0 up`,
    `ip -n ${ns} neigh flush dev wl-e0 nud permanent`,
    `ip -n ${ns} addr add ${as.address}/24 dev wl-e0`,
    `ip -n ${ns} route replace default via ${as.gateway} dev wl-e0 quickack 1`,
  ].join('\n');
}
