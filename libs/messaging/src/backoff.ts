/**
 * Full jitter: a random time between 0 and min(cap, base · 2^failures), in ms, so that those who failed together do not
 * come back together. Never less than `floor`, so that nothing spins.
 */
export function fullJitter(
  failures: number,
  random: () => number,
  { base, cap, floor }: { base: number; cap: number; floor: number } = { base: 200, cap: 5_000, floor: 20 },
): number {
  const ceiling = Math.min(cap, base * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.max(floor, Math.round(random() * ceiling));
}
