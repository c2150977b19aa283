import type { Attempt } from '#events';
import type { Detector, Finding, ObservationContext } from '../detector.js';
import { lastSeen, NOTHING_SEEN, recall, remember, type RecentKeys, type Span } from '../recent-keys.js';

/**
 * Threshold random walk over first contacts (J. Jung et al., "Fast Portscan Detection Using Sequential Hypothesis
 * Testing", IEEE S&P 2004): a healthy device fails one new contact in five, a scanner four in five, so each outcome
 * says 10·log10(4) dB one way or the other.
 */
const STEP = 6.02;
const DAY: Span = { ms: 24 * 3600 * 1000, bucketSize: 128 };

/** A first contact as it was weighed; only a silent one can still turn out answered. */
interface Contact {
  at: number;
  weighed: number;
  silent: boolean;
}

export const scan: Detector<RecentKeys<Contact>, Attempt> = {
  name: 'scan',
  // Half of a conversation, or a sample of it, looks like silence.
  needs: ['every-flow', 'both-ways'],
  initial: NOTHING_SEEN,
  touchedAt: lastSeen,
  observe(state, attempt, context) {
    const key = `${attempt.peerAddress} ${attempt.transport} ${attempt.port}`;
    const known = recall(state, key, context.at, DAY);
    const late = known?.silent === true && attempt.outcome === 'answered';
    if (known && !late) return { state: remember(state, key, context.at, known, DAY), findings: [] };
    // An answer that came late makes the first contact what it was: answered, and at its own time.
    const at = known?.at ?? context.at;
    const weighed = weight(attempt, context);
    const contact = { at, weighed, silent: attempt.outcome === 'silent' };
    const findings = finding(attempt, at, weighed, known);
    return { state: remember(state, key, context.at, contact, DAY), findings };
  },
};

function weight({ outcome }: Attempt, { commonCause }: ObservationContext): number {
  // A flow of the contract is no first contact of interest: it neither accuses nor buys innocence.
  if (commonCause === 'contract-flow') return 0;
  if (outcome === 'answered') return -STEP;
  return commonCause === null ? STEP : 0;
}

function finding(attempt: Attempt, at: number, weighed: number, corrected: Contact | undefined): Finding[] {
  const decibans = weighed - (corrected?.weighed ?? 0);
  if (decibans === 0) return [];
  const label = `${attempt.port}/${attempt.transport}`;
  if (!corrected) return [{ decibans, at, label, items: decibans > 0 ? 1 : 0 }];
  return [{ decibans, at, label, items: corrected.weighed > 0 ? -1 : 0, corrects: true }];
}
