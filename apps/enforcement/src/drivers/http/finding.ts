import { DriverError, type ProbeFinding } from '#driver';

/** One question as a finding: what a failure says is its detail. */
export async function finding(check: string, ask: () => Promise<void>, well: string): Promise<ProbeFinding> {
  try {
    await ask();
    return { check, ok: true, detail: well };
  } catch (error) {
    if (error instanceof DriverError) return { check, ok: false, detail: error.message };
    throw error;
  }
}

const SHOWN = 20;

/** What of ours a NAC holds. Nothing there forgets it by itself: what no quarantine is open for, a person takes away. */
export function heldFinding(macs: readonly string[]): ProbeFinding {
  const shown = macs.slice(0, SHOWN).join(', ');
  const more = macs.length > SHOWN ? ` and ${macs.length - SHOWN} more` : '';
  const detail = macs.length === 0 ? 'nothing of ours is assigned' : `ours are assigned to ${shown}${more}`;
  return { check: 'what of ours it holds', ok: true, detail };
}
