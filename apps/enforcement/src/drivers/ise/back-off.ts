/** An account that waits for approval may not be asked for more often than once a minute: Cisco's own rule. */
export const PENDING_MS = 60_000;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** How long to wait before the next try: full jitter, so that many clients do not come back at the same moment. */
export function backOffMs(failures: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(50, Math.round(most * random));
}
