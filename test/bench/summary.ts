export interface Summary {
  runs: number;
  min: number;
  median: number;
  max: number;
}

/** Of at least one value. The median of an even number is the mean of the two in the middle, rounded. */
export function summaryOf(values: number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) throw new Error('no value to sum up');
  return {
    runs: sorted.length,
    min: sorted[0] ?? low,
    median: Math.round((low + high) / 2),
    max: sorted.at(-1) ?? high,
  };
}
