/** Whom the worm tries, as pure sequences. */

/** The host addresses of a /24 in ascending order, without the own one, for ever. The first is the gateway's, `.1`. */
export function* ascending(ownAddress: string): Generator<string, never> {
  const subnet = ownAddress.slice(0, ownAddress.lastIndexOf('.'));
  for (;;)
    for (let host = 1; host < 255; host += 1) {
      const address = `${subnet}.${host}`;
      if (address !== ownAddress) yield address;
    }
}

/** Public unicast addresses in an order that the seed decides; none that the ward has, none of special use (RFC 6890). */
export function* randomOutside(seed: number): Generator<string, never> {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  for (;;) {
    const word = next();
    const address: [number, number, number, number] = [
      word >>> 24,
      (word >>> 16) & 255,
      (word >>> 8) & 255,
      word & 255,
    ];
    if (isPublic(address)) yield address.join('.');
  }
}

export function* inTurn<T>(list: readonly T[]): Generator<T, void> {
  while (list.length > 0) yield* list;
}

/** The MAC that stands for an address where nobody is: locally administered, so that it can't be a device's. */
export function strangerMac(address: string): string {
  return `02:00:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
}

/**
 * Lines for `ip -batch`: permanent neighbour entries for the whole subnet. A device in quarantine can't resolve anybody:
 * without them its attempts would not leave it, and nobody could see that they are stopped by the switch.
 */
export function neighbourEntries(
  ownAddress: string,
  known: readonly { address: string; mac: string; linkLocal?: string }[],
  link: string,
): string[] {
  const macs = new Map(known.map(({ address, mac }) => [address, mac]));
  const lines: string[] = [];
  const sequence = ascending(ownAddress);
  for (let count = 0; count < 253; count += 1) {
    const address = sequence.next().value;
    lines.push(
      `neigh replace ${address} lladdr ${macs.get(address) ?? strangerMac(address)} dev ${link} nud permanent`,
    );
  }
  for (const { linkLocal, mac } of known)
    if (linkLocal) lines.push(`neigh replace ${linkLocal} lladdr ${mac} dev ${link} nud permanent`);
  return lines;
}

function isPublic([a, b, c]: [number, number, number, number]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if ((a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return false;
  if (a === 192 && b === 0) return false;
  if ((a === 198 && (b === 18 || b === 19)) || (a === 198 && b === 51 && c === 100)) return false;
  return !(a === 203 && b === 0 && c === 113);
}
