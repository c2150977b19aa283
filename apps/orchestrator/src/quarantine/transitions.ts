import { DECISIONS, type Decision } from '#events';

/** A move on the decision axis. `from` null: the quarantine begins. */
export interface Transition {
  from: Decision | null;
  to: Decision;
  /** When it happens, for people who read this table. */
  when: string;
}

export const TRANSITIONS: readonly Transition[] = [
  { from: null, to: 'proposed', when: 'the policy or a person asks for an isolation' },
  { from: 'proposed', to: 'approved', when: 'the last approval needed, or the policy alone' },
  { from: 'proposed', to: 'rejected', when: 'an approver says no' },
  {
    from: 'proposed',
    to: 'withdrawn',
    when: 'the evidence has fallen below propose, or the device became untouchable',
  },
  { from: 'proposed', to: 'lapsed', when: 'nobody answered in time' },
  { from: 'approved', to: 'proposed', when: 'the plan changed before the first write' },
  { from: 'approved', to: 'released', when: 'an approver lets the device back' },
  { from: 'released', to: 'closed', when: 'the probation is over, or new evidence begins a new quarantine' },
];

/** Decisions under which a device can have no other quarantine. The database's partial unique index says the same. */
export const OPEN: readonly Decision[] = ['proposed', 'approved', 'released'];

export function mayMove(from: Decision | null, to: Decision): boolean {
  return TRANSITIONS.some((transition) => transition.from === from && transition.to === to);
}

/** What is wrong with a table of transitions: unknown, doubled, unreachable or inescapable open states. Empty: sound. */
export function checkTransitions(table: readonly Transition[], open: readonly Decision[] = OPEN): string[] {
  const known = new Set<string>(DECISIONS);
  const words = table.flatMap(({ from, to }) => (from === null ? [to] : [from, to]));
  const unknown = words.filter((word) => !known.has(word)).map((word) => `unknown decision ${word}`);
  const keys = table.map(({ from, to }) => `${from} → ${to}`);
  const doubled = keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key} is there twice`);
  const reached = reachable(table);
  const unreachable = DECISIONS.filter((word) => !reached.has(word)).map((word) => `nothing leads to ${word}`);
  const stuck = DECISIONS.filter((word) => open.includes(word) === !table.some(({ from }) => from === word));
  return [
    ...unknown,
    ...doubled,
    ...unreachable,
    ...stuck.map((word) => `${word} is open and has no way out, or the reverse`),
  ];
}

function reachable(table: readonly Transition[]): Set<Decision> {
  const reached = new Set<Decision>();
  let before = -1;
  while (before !== reached.size) {
    before = reached.size;
    for (const { from, to } of table) if (from === null || reached.has(from)) reached.add(to);
  }
  return reached;
}
