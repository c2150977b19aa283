import { BRIDGE, MANAGEMENT } from '../network.js';

/** Cookie of the switch's own sampling flows ("^E"); Lazaret's cookies begin otherwise. */
export const SAMPLING_COOKIE = 0x5e45000000000000n;
/** Observation domain of the records that single packets make, and of the bridge's own 1 s cache. */
export const OBSERVATION_DOMAINS = { packets: 10, bridge: 1 } as const;
const COLLECTOR_SET = 1;

const POINTS = [
  { point: 1, match: 'tcp,tcp_flags=+syn-ack' },
  { point: 2, match: 'tcp,tcp_flags=+syn+ack' },
  { point: 3, match: 'tcp,tcp_flags=+rst' },
  { point: 4, match: 'udp,tp_dst=53' },
] as const;

/**
 * The switch's baseline: each opening, answering and refusing packet of TCP and each DNS look-up is exported by
 * itself, uncached, and forwarded as ever. They belong to the site and not to Lazaret.
 */
export function samplingFlows(): string[] {
  return POINTS.map(({ point, match }) => {
    const sample = `sample(probability=65535,collector_set_id=${COLLECTOR_SET},obs_domain_id=${OBSERVATION_DOMAINS.packets},obs_point_id=${point})`;
    return `priority=10,cookie=0x${SAMPLING_COOKIE.toString(16)},${match},actions=${sample},NORMAL`;
  });
}

/** Arguments of `ovs-vsctl` that take both exports away. */
export function clearExport(): string[] {
  return ['--', 'clear', 'bridge', BRIDGE, 'ipfix', '--', '--all', 'destroy', 'Flow_Sample_Collector_Set'];
}

/**
 * Arguments of `ovs-vsctl` that make both exports: flow by flow without a cache, and the bridge with one of 1 s.
 * Open vSwitch sends its templates with the first record and then only every 600 s, and nothing but new rows makes it
 * send them again: so the rows are made after the collector listens.
 */
export function createExport(): string[] {
  const target = `targets="${MANAGEMENT.hostAddress}:${MANAGEMENT.ipfixPort}"`;
  const uncached = ['cache_active_timeout=0', 'cache_max_flows=0'];
  const cached = ['cache_active_timeout=1', 'cache_max_flows=8192'];
  const tunnels = 'other_config:enable-tunnel-sampling=false';
  const bridge = ['sampling=1', `obs_domain_id=${OBSERVATION_DOMAINS.bridge}`, 'obs_point_id=1', ...cached, tunnels];
  return [
    ...['--', '--id=@packets', 'create', 'IPFIX', target, ...uncached, tunnels],
    ...['--', '--id=@br', 'get', 'bridge', BRIDGE],
    ...[
      '--',
      '--id=@set',
      'create',
      'Flow_Sample_Collector_Set',
      `id=${COLLECTOR_SET}`,
      'bridge=@br',
      'ipfix=@packets',
    ],
    ...['--', '--id=@bridge', 'create', 'IPFIX', target, ...bridge],
    ...['--', 'set', 'bridge', BRIDGE, 'ipfix=@bridge'],
  ];
}
