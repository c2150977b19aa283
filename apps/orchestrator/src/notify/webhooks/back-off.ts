const SECOND = 1000;
/** A delivery that failed, by its attempts. */
const DELIVERY = { base: 2 * SECOND, cap: 900 * SECOND };
/** A receiver that fails is knocked at by one delivery at a time. */
const RECEIVER = { base: 0.5 * SECOND, cap: 30 * SECOND };
/** No receiver puts a delivery off for longer. */
const LONGEST_WISH = 3600 * SECOND;
const FLOOR = 100;

/** In ms until the same delivery is tried again; `wish` is the receiver's Retry-After. */
export function deliveryPause(attempts: number, wish: number | null, random: () => number): number {
  return Math.max(fullJitter(attempts, DELIVERY, random), Math.min(wish ?? 0, LONGEST_WISH));
}

/** In ms until a receiver that has failed so often in a row is asked again. */
export function receiverPause(failures: number, random: () => number): number {
  return fullJitter(failures, RECEIVER, random);
}

/** Anywhere up to the ceiling, which doubles: those who failed together do not come back together. */
function fullJitter(failures: number, { base, cap }: { base: number; cap: number }, random: () => number): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(failures - 1, 30));
  return Math.max(FLOOR, Math.round(random() * ceiling));
}
