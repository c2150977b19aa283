/**
 * Endlessly many damaged copies of recorded datagrams, the same for the same seed: bits turned over, words that lengths
 * and counts might be set to their extremes, ends cut off, octets put in or taken out, and two datagrams joined.
 */
export function* mutations(corpus: readonly Uint8Array[], seed: number): Generator<Uint8Array, never> {
  const random = randomOf(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const pick = (): Uint8Array => corpus[below(corpus.length)] ?? new Uint8Array();
  for (;;) {
    let bytes: Uint8Array<ArrayBuffer> = Uint8Array.from(pick());
    for (let changes = 1 + below(6); changes > 0; changes -= 1) bytes = changed(bytes, below, pick);
    yield bytes;
  }
}

const EXTREMES = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff];

function changed(
  bytes: Uint8Array<ArrayBuffer>,
  below: (end: number) => number,
  pick: () => Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (bytes.length < 4) return Uint8Array.from(pick());
  const at = below(bytes.length - 1);
  const view = new DataView(bytes.buffer);
  switch (below(7)) {
    case 0:
      view.setUint8(at, view.getUint8(at) ^ (1 << below(8)));
      return bytes;
    case 1:
      view.setUint8(at, below(256));
      return bytes;
    case 2:
    case 3:
      view.setUint16(at & ~1, EXTREMES[below(EXTREMES.length)] ?? 0);
      return bytes;
    case 4:
      return bytes.slice(0, at);
    case 5: {
      const more = Uint8Array.from({ length: 1 + below(64) }, () => below(256));
      return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
    }
    default:
      return Uint8Array.from([...bytes.subarray(0, at), ...pick().subarray(below(40))]);
  }
}

/** A small generator of equally likely numbers in [0, 1): a linear congruence of 32 bits, whose high bits are taken. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
