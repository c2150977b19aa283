/** Flows as `ovs-ofctl dump-flows` and `ovs-ofctl monitor` print them (ovs-ofctl(8), "Flow Syntax"). */

export interface Flow {
  table: number;
  cookie: bigint;
  priority: number;
  packets: number;
  bytes: number;
  /** The match without its priority, as printed: the same flow always prints the same. */
  match: string;
  actions: string;
}

const STATISTICS =
  /^(duration|table|n_packets|n_bytes|idle_age|hard_age|idle_timeout|hard_timeout|importance|priority)=/;
/** Printed with a space behind, in front of the priority. */
const FLOW_FLAGS = /\b(send_flow_rem|check_overlap|reset_counts|no_packet_counts|no_byte_counts) /g;

export interface FlowChange {
  /** Milliseconds since 1970 when the monitor read it from the switch. */
  at: number;
  event: 'added' | 'deleted' | 'modified';
  table: number;
  cookie: bigint;
  match: string;
  actions: string;
}

/** Lines that are no flow (the reply's header) are left out. */
export function parseFlows(text: string): Flow[] {
  return text.split('\n').flatMap((line) => {
    const parts = /^\s*cookie=(0x[0-9a-f]+),(.*) actions=(.*)$/.exec(line);
    if (!parts) return [];
    const [, cookie = '0', printed = '', actions = ''] = parts;
    const middle = printed.replace(FLOW_FLAGS, '');
    const words = middle.split(/,\s?/).map((word) => word.trim());
    const number = (name: string): number =>
      Number(words.find((word) => word.startsWith(`${name}=`))?.split('=')[1] ?? 0);
    const priority = /priority=(\d+)/.exec(middle)?.[1];
    const match = words.filter((word) => word !== '' && !isStatistic(word)).join(',');
    return [
      {
        table: number('table'),
        cookie: BigInt(cookie),
        priority: Number(priority ?? 32768),
        packets: number('n_packets'),
        bytes: number('n_bytes'),
        match,
        actions: actions.trim(),
      },
    ];
  });
}

/** One line of `ovs-ofctl monitor BRIDGE watch:`; undefined for any other. */
export function parseFlowChange(line: string, at: number): FlowChange | undefined {
  const parts = /^\s*event=(ADDED|DELETED|MODIFIED)(?: reason=\w+)? table=(\d+) cookie=(0x[0-9a-f]+|0)\s?(.*)$/.exec(
    line,
  );
  if (!parts) return undefined;
  const [, event = '', table = '0', cookie = '0', rest = ''] = parts;
  const [match = '', actions = ''] = rest.split(/\s*actions=/);
  const kind = event === 'ADDED' ? 'added' : event === 'DELETED' ? 'deleted' : 'modified';
  return {
    at,
    event: kind,
    table: Number(table),
    cookie: BigInt(cookie),
    match: match.trim(),
    actions: actions.trim(),
  };
}

/** Cookie and mask as `ovs-ofctl` takes them. */
export function cookieWords(cookie: bigint, mask: bigint): string {
  return `cookie=0x${cookie.toString(16)}/0x${mask.toString(16)}`;
}

function isStatistic(word: string): boolean {
  return STATISTICS.test(word);
}
