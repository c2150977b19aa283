/** How an attempt to connect ended. Both `open` and `refused` are answers of the device; `unreachable` is a router's. */
export const PROBE_OUTCOMES = ['open', 'refused', 'silent', 'unreachable', 'failed'] as const;
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number];

/** One attempt to open a TCP connection; nothing is sent over it. */
export interface ProbeAttempt {
  from: { address: string; /** 0: any. */ port: number };
  to: { address: string; port: number };
  timeoutMs: number;
}

/** Whoever makes the attempts, at the address that the drill's permits name. */
export interface Prober {
  attempt(attempt: ProbeAttempt): Promise<ProbeOutcome>;
  close(): Promise<void>;
}

export function isAnswer(outcome: ProbeOutcome): boolean {
  return outcome === 'open' || outcome === 'refused';
}
