import type { Decision, Level } from '#events';
import type { ProblemName } from '../commands.js';

/** What should be true of one device, told as simply as possible. */
export interface OracleDevice {
  level: Level;
  decision: Decision | null;
  requester: string;
  digest: 'whole' | 'cutting' | null;
  approvals: Record<'whole' | 'cutting', Set<string>>;
  /** The level on which people said no, while that stands. */
  refusedAt: Level | null;
  /** Modes of what was wanted, in order. */
  wanted: ('apply' | 'release')[];
}

const RANK: Record<Level, number> = { none: 0, watch: 1, propose: 2, isolate: 3 };
const OPEN: readonly (Decision | null)[] = ['proposed', 'approved', 'released'];

/**
 * The rules of a quarantine under a policy that asks two people and lets `cap` isolations an hour pass, without a
 * database, a plan or an event: a second, much simpler telling of the same rules, to compare with.
 */
export class Oracle {
  killSwitch = false;
  used = 0;
  readonly devices: OracleDevice[];

  constructor(
    count: number,
    readonly cap: number,
    readonly needed = 2,
  ) {
    this.devices = Array.from({ length: count }, () => ({
      level: 'none',
      decision: null,
      requester: '',
      digest: null,
      approvals: { whole: new Set<string>(), cutting: new Set<string>() },
      refusedAt: null,
      wanted: [],
    }));
  }

  of(index: number): OracleDevice {
    const found = this.devices[index];
    if (!found) throw new Error('no such device');
    return found;
  }

  assess(index: number, level: Level): void {
    const device = this.of(index);
    device.level = level;
    const grave = RANK[level] >= RANK.propose;
    if (!grave) device.refusedAt = null;
    if (device.decision === 'proposed' && !grave && device.requester === 'policy') device.decision = 'withdrawn';
    else if (device.decision === 'released' && grave) this.propose(device, 'policy');
    else if (!OPEN.includes(device.decision) && grave && !this.stands(device)) this.propose(device, 'policy');
  }

  open(index: number, person: string): ProblemName | 'ok' {
    const device = this.of(index);
    if (OPEN.includes(device.decision)) return 'quarantine-open';
    if (this.killSwitch) return 'kill-switch-on';
    this.propose(device, person);
    return 'ok';
  }

  approve(index: number, person: string, sees: 'whole' | 'cutting'): ProblemName | 'ok' {
    const device = this.of(index);
    if (device.decision !== 'proposed') return 'already-decided';
    if (this.killSwitch) return 'kill-switch-on';
    if (device.digest === null) return 'plan-pending';
    if (device.digest === 'cutting') return 'required-flow-cut';
    if (sees !== device.digest) return 'plan-stale';
    const given = device.approvals[sees];
    if (person === device.requester || given.has(person)) return 'same-person';
    if (given.size + 1 >= this.needed) {
      if (this.used >= this.cap) return 'limit-reached';
      this.used += 1;
      device.decision = 'approved';
      device.wanted.push('apply');
    }
    given.add(person);
    return 'ok';
  }

  reject(index: number): ProblemName | 'ok' {
    const device = this.of(index);
    if (device.decision !== 'proposed') return 'already-decided';
    device.decision = 'rejected';
    device.refusedAt = device.level;
    return 'ok';
  }

  release(index: number): ProblemName | 'ok' {
    const device = this.of(index);
    if (device.decision !== 'approved') return 'not-approved';
    device.decision = 'released';
    device.wanted.push('release');
    return 'ok';
  }

  planChanged(index: number): void {
    const device = this.of(index);
    device.wanted.push('release');
    this.propose(device, device.requester);
  }

  private propose(device: OracleDevice, requester: string): void {
    device.decision = 'proposed';
    device.requester = requester;
    device.digest = null;
    device.approvals = { whole: new Set(), cutting: new Set() };
    device.refusedAt = null;
  }

  private stands(device: OracleDevice): boolean {
    return device.refusedAt !== null && RANK[device.level] <= RANK[device.refusedAt];
  }
}
