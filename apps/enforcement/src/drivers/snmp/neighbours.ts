import * as oids from './wire/oids.js';
import { asOctets, asText, type Walk } from './wire/walk.js';

/** LLDP capabilities, most significant bit first: bridge, access point, router. A telephone bridges for the PC behind it. */
const LLDP_FORWARDS = 0x20 | 0x10 | 0x08;
/** CDP capabilities in the last octet: router, bridges of two kinds, switch. */
const CDP_FORWARDS = 0x01 | 0x02 | 0x04 | 0x08;

/** Ports, by ifIndex, that have a bridge, access point or router as neighbour, with words for people. */
export function neighboursOf(walk: Walk, byIfIndex: ReadonlyMap<number, number>): Map<number, string> {
  const found = new Map<number, string>();
  for (const { index, value } of walk.column(oids.LLDP_REMOTE_CAPABILITIES)) {
    if (((asOctets(value)[0] ?? 0) & LLDP_FORWARDS) === 0) continue;
    const words = named(asText(walk.get(`${oids.LLDP_REMOTE_NAME}.${index.join('.')}`)), 'LLDP');
    for (const ifIndex of interfacesOf(walk, index[1]!, byIfIndex)) found.set(ifIndex, words);
  }
  for (const { index, value } of walk.column(oids.CDP_CAPABILITIES)) {
    if (((asOctets(value).at(-1) ?? 0) & CDP_FORWARDS) === 0) continue;
    found.set(index[0]!, named(asText(walk.get(`${oids.CDP_NAME}.${index.join('.')}`)), 'CDP'));
  }
  return found;
}

/**
 * The interface that LLDP means by a local port number. Vendors number by ifIndex, by bridge port, or by themselves; the
 * port's name decides where it is one, and if it is none, every port that could be meant counts.
 */
function interfacesOf(walk: Walk, local: number, byIfIndex: ReadonlyMap<number, number>): number[] {
  const words = [oids.LLDP_LOCAL_ID, oids.LLDP_LOCAL_DESCR].map((column) => asText(walk.get(`${column}.${local}`)));
  const exact = [oids.IF_NAME, oids.IF_DESCR].flatMap((column) =>
    [...walk.byIndex(column)].filter(([, value]) => asText(value) !== '' && words.includes(asText(value))),
  );
  if (exact.length > 0) return exact.map(([ifIndex]) => ifIndex);
  const bridged = [...byIfIndex].filter(([, port]) => port === local).map(([ifIndex]) => ifIndex);
  return [local, ...bridged];
}

function named(name: string, protocol: string): string {
  // A neighbour's name is what it says itself, so only harmless characters are shown.
  const shown = name.replace(/[^\w.:-]/g, '').slice(0, 60);
  return `a switch, access point, router or telephone is behind it${shown ? ` (${shown}, by ${protocol})` : ` (by ${protocol})`}`;
}
