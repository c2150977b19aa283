import type { ProbeFinding } from '#driver';

/** What is known of the point without changing anything. */
export interface PointHealth {
  listening: boolean;
  where: string;
  /** Why the token can't be read; null: it can. */
  token: string | null;
  /** Why nothing can be assigned; null: it can. */
  snapshot: string | null;
  lastQuestion: Date | null;
  lastRefusal: Date | null;
  quarantineVlan: number | null;
}

const QUIET_MS = 24 * 3_600_000;

/** The findings for people. Whether a switch knows the VLAN or the filter, a policy source can't ask. */
export function findingsOf(health: PointHealth, now: Date): ProbeFinding[] {
  const { listening, where, token, snapshot, lastQuestion, lastRefusal, quarantineVlan } = health;
  return [
    {
      check: 'policy endpoint listens',
      ok: listening,
      detail: listening ? where : `it can't listen at ${where}: does another process have the port?`,
    },
    { check: 'token can be read', ok: token === null, detail: token ?? 'read' },
    { check: 'policies can be kept', ok: snapshot === null, detail: snapshot ?? 'the snapshot is whole and writable' },
    tokenFinding(lastQuestion, lastRefusal),
    questionFinding(lastQuestion, now),
    {
      check: 'switches know the VLAN and filters',
      ok: null,
      detail: `only a drill of each switch shows it (quarantine VLAN: ${quarantineVlan ?? 'none'})`,
    },
  ];
}

function tokenFinding(question: Date | null, refusal: Date | null): ProbeFinding {
  const check = 'RADIUS servers know the token';
  if (refusal && (!question || refusal > question)) {
    const detail = `a question with another token was refused at ${refusal.toISOString()}: see mods-config/lazaret/site.conf`;
    return { check, ok: false, detail };
  }
  return question ? { check, ok: true, detail: 'it was right' } : { check, ok: null, detail: 'nobody has asked yet' };
}

function questionFinding(question: Date | null, now: Date): ProbeFinding {
  const check = 'RADIUS servers ask';
  if (!question) return { check, ok: null, detail: 'nobody has asked since Lazaret was started' };
  const isRecent = now.getTime() - question.getTime() < QUIET_MS;
  return { check, ok: isRecent ? true : null, detail: `last asked at ${question.toISOString()}` };
}
