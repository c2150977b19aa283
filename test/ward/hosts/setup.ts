/** What is done inside a host's namespace when it comes up or is plugged in elsewhere: pure text for sh(1). */
import { gatewayOf, type HostOnSwitch } from '../network.js';

export const QUIET_IPV6 = 'net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1';
export const LOOSE = 'net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0';
// Userspace switching passes no checksum offload on: with it, every TCP packet is thrown away by its receiver.
export const NO_OFFLOAD = 'tx off tso off gso off gro off';

/** What is done inside a host, also when its cable is moved to another port. */
export function hostSetup(host: HostOnSwitch): string[] {
  const ipv6 = host.ipv6
    ? 'net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.wl-e0.accept_dad=0'
    : QUIET_IPV6;
  return [`sysctl -qw ${ipv6} ${LOOSE}`, 'ip link set lo up', ...interfaceSetup(host)];
}

export function interfaceSetup(host: HostOnSwitch): string[] {
  return [
    `ethtool -K wl-e0 ${NO_OFFLOAD} >/dev/null`,
    // Room for one burst and no long queue: what the shaper holds is sent after a decision, and must be short.
    ...(host.mbit ? [`tc qdisc add dev wl-e0 root tbf rate ${host.mbit}mbit burst 64k latency 50ms`] : []),
    ...(host.address ? [`ip addr add ${host.address}/24 dev wl-e0`] : []),
    'ip link set wl-e0 up',
    // quickack: Nagle against delayed acknowledgement would cost C-STORE 40 ms an instance.
    ...(host.address ? [`ip route add default via ${gatewayOf(host.vlan).address} quickack 1`] : []),
  ];
}
