import { TRUTHS, type Truth } from '#events';

export function rankOf(truth: Truth): number {
  return TRUTHS.indexOf(truth);
}

/** The weaker of two truths. */
export function weaker(a: Truth, b: Truth): Truth {
  return rankOf(a) <= rankOf(b) ? a : b;
}

/** The truths on the way from one to another, its end included: truth rises and falls by one step at a time. */
export function steps(from: Truth, to: Truth): Truth[] {
  const [start, end] = [rankOf(from), rankOf(to)];
  if (start === end) return [to];
  const between: Truth[] = [];
  for (let rank = start; rank !== end;) {
    rank += end > start ? 1 : -1;
    between.push(TRUTHS[rank] as Truth);
  }
  return between;
}
