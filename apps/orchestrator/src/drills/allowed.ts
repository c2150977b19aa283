import type { DrillProblem, DrillWish, Refusal } from '../commands.js';
import type { PointView } from '../queries.js';

export interface Question {
  point: PointView | null;
  wish: DrillWish;
  killSwitch: boolean;
  /** The drill of the point that may still be under way. */
  running: string | null;
}

/** Why a drill can't be asked for; null: it can. Enforcement looks again, at its own file. */
export function refusalOf({ point, wish, killSwitch, running }: Question): Refusal<DrillProblem> | null {
  if (!point) return { problem: 'not-found', message: 'Enforcement has reported no such point.' };
  if (point.silent) {
    return { problem: 'point-silent', message: `The last report of ${point.pointId} is of ${point.reportedAt}.` };
  }
  if (running) return { problem: 'drill-running', message: `The drill ${running} of this point has not ended.` };
  if (wish.port === null || wish.mac === null) return null;
  if (killSwitch) return { problem: 'kill-switch-on', message: 'A drill isolates something; nothing is isolated now.' };
  const named = point.testPorts.map(({ port, mac }) => `${port} ${mac}`);
  if (named.includes(`${wish.port} ${wish.mac}`)) return null;
  const allowed = named.length === 0 ? 'It names none for this point.' : `It names ${named.join(', ')}.`;
  const message = `Enforcement's own file must name the port and its test device. ${allowed}`;
  return { problem: 'no-test-port', message };
}
