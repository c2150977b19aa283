/**
 * Log-odds in words a person can use, before any number: "about 1 in 2,500", "about 4 in 10", "about 20 to 1".
 * Rounded to what such weights can mean, never to more.
 */
export function inWords(logOdds: number): string {
  return `about ${likelihood(logOdds)} that it is infected`;
}

function likelihood(logOdds: number): string {
  const odds = 10 ** (logOdds / 10);
  const probability = odds / (1 + odds);
  if (odds >= 1.5) return `${twoDigits(odds)} to 1`;
  if (probability >= 0.1) return `${Math.round(probability * 10)} in 10`;
  return `1 in ${twoDigits(1 / probability)}`;
}

function twoDigits(value: number): string {
  return Math.round(Number(value.toPrecision(value < 10 ? 1 : 2))).toLocaleString('en-US');
}
