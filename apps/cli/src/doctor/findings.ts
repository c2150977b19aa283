/** What was found on the machine. */
export interface Facts {
  root: boolean;
  node: string;
  /** Java's major version; undefined if there is none. */
  java: number | undefined;
  programs: Record<string, boolean>;
  takenPorts: number[];
  /** `rp_filter` by interface, with `all`: 0 off, 1 strict, 2 loose (Linux, ip-sysctl). */
  rpFilter: Record<string, number | undefined>;
  managementInterface: string | undefined;
}

export interface Finding {
  state: 'ok' | 'warning' | 'missing';
  what: string;
  /** What to do; absent where all is well. */
  cure?: string;
}

const PACKAGES: Record<string, string> = {
  java: 'openjdk-17-jre-headless',
  mvn: 'maven',
  'ovs-vsctl': 'openvswitch-switch',
  'ovs-ofctl': 'openvswitch-switch',
  storescu: 'dcmtk',
  dnsmasq: 'dnsmasq-base',
  tcpdump: 'tcpdump',
  ip: 'iproute2',
};

/** Each fact judged, with the command that cures it. */
export function judge(facts: Facts): Finding[] {
  return [root(facts), node(facts), java(facts), ...programs(facts), ...ports(facts), reversePath(facts)];
}

function root({ root }: Facts): Finding {
  const what = 'root, for network namespaces and Open vSwitch';
  return root
    ? { state: 'ok', what }
    : { state: 'warning', what, cure: 'the demo and the ward need it: run them with sudo' };
}

function node({ node: version }: Facts): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  const what = `Node.js ${version}`;
  return enough ? { state: 'ok', what } : { state: 'missing', what, cure: 'install 20.19 or newer' };
}

function java({ java: version }: Facts): Finding {
  if (version !== undefined && version >= 17) return { state: 'ok', what: `Java ${version}` };
  return {
    state: 'missing',
    what: version ? `Java ${version}` : 'Java',
    cure: 'apt-get install openjdk-17-jre-headless',
  };
}

function programs({ programs: present }: Facts): Finding[] {
  return Object.entries(present)
    .filter(([name]) => name !== 'java')
    .map(([name, there]) =>
      there
        ? { state: 'ok', what: name }
        : { state: 'missing', what: name, cure: `apt-get install ${PACKAGES[name] ?? name}` },
    );
}

function ports({ takenPorts }: Facts): Finding[] {
  return takenPorts.map((port) => ({
    state: 'missing',
    what: `port ${port} is taken`,
    cure: `"ss -lptn sport = :${port}" says by whom`,
  }));
}

/** The kernel uses the larger of `all` and the interface's own value. */
function reversePath({ rpFilter, managementInterface }: Facts): Finding {
  const name = managementInterface ?? 'all';
  const value = Math.max(rpFilter['all'] ?? 0, rpFilter[name] ?? 0);
  const what = `strict reverse-path filtering (${name})`;
  if (value === 1) return { state: 'ok', what };
  const cure = `a forged source address could reach the flow collector: sysctl net.ipv4.conf.${name}.rp_filter=1`;
  return { state: 'warning', what, cure };
}
