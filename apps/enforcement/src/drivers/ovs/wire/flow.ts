/** A flow of table 0 without its cookie: the part that a plan shows and that is compared with what the switch holds. */
export interface Flow {
  priority: number;
  /** Canonical: fields in FIELD_ORDER, port names without quotes. Empty = matches everything. */
  match: string;
  actions: string;
}

/** The order in which `ovs-ofctl dump-flows` prints fields; what it does not know comes last, by name. */
const FIELD_ORDER = [
  ...['tcp', 'udp', 'icmp', 'arp', 'ip', 'ipv6', 'tcp6', 'udp6', 'icmp6'],
  ...['in_port', 'dl_vlan', 'dl_src', 'dl_dst', 'dl_type', 'nw_src', 'nw_dst', 'arp_spa', 'arp_tpa', 'arp_op'],
  ...['icmp_type', 'icmp_code', 'tp_src', 'tp_dst', 'tcp_flags'],
];
const rank = new Map(FIELD_ORDER.map((field, index) => [field, index]));

export function canonicalMatch(fields: readonly string[]): string {
  const place = (field: string): number => rank.get(field.split('=', 1)[0]!) ?? FIELD_ORDER.length;
  const byPlace = (a: string, b: string): number => place(a) - place(b) || (a < b ? -1 : 1);
  return fields.map(withoutQuotes).sort(byPlace).join(',');
}

export function canonicalActions(actions: string): string {
  return withoutQuotes(actions.trim());
}

/** The text in which a compiled flow and one read back compare equal. */
export function textOf({ priority, match, actions }: Flow): string {
  return `priority=${priority}${match ? `,${match}` : ''} actions=${actions}`;
}

/** Nothing leaves the switch by it: it is dropped, after a sample at most. */
export function isDeny(actions: string): boolean {
  return /^(drop|sample\([^)]*\))$/.test(actions);
}

function withoutQuotes(text: string): string {
  return text.replaceAll('"', '');
}
