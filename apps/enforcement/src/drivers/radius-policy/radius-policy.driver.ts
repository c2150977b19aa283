import { constants, unwatchFile, watchFile, type Stats } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DriverError,
  SecretFile,
  type CompiledEntries,
  type Driver,
  type Fence,
  type PointHint,
  type PointIsolation,
  type PointReading,
  type PolicyReading,
  type ProbeFinding,
  type SessionReading,
  type Step,
} from '#driver';
import type { Logger } from '#observability';
import { acceptOf, compileAccept } from './accept.js';
import { assign, unassign, type Transition } from './assignments.js';
import { AssignmentsStore } from './assignments.store.js';
import type { RadiusPolicyPoint } from './config.js';
import { PolicyFile } from './policy-file.store.js';
import { findingsOf } from './probe.js';
import { radiusPolicyProfile } from './profile.js';
import { QuestionsController, type PolicyAnswer } from './questions.controller.js';
import { sessionReading } from './session-reading.js';
import { Sessions } from './sessions.js';
import { SessionsStore } from './sessions.store.js';
import { handsFileOf, undoCommands } from './undo.js';
import { answerBody } from './wire/answer.js';
import type { Accounting, Question } from './wire/form.js';
import type { Assignment, Snapshot } from './wire/snapshot.js';

const BY_HAND = 'as configured without Lazaret: people keep this device for themselves';

/** Lazaret as the policy source of RADIUS servers. It begins to answer when it is made. */
export class RadiusPolicyDriver implements Driver {
  readonly profile;
  private readonly store: AssignmentsStore;
  private readonly kept: SessionsStore;
  private readonly endpoint: QuestionsController;
  private readonly listeners = new Set<(macs: readonly string[] | null) => void>();
  private sessions = new Sessions();
  private steps: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly point: RadiusPolicyPoint,
    logger?: Logger,
    file = new PolicyFile(point.snapshotFile),
  ) {
    this.profile = radiusPolicyProfile(point);
    this.store = new AssignmentsStore(file, new PolicyFile(handsFileOf(point)), point.timeoutMs, logger);
    this.kept = new SessionsStore(new PolicyFile(`${point.snapshotFile}.sessions`), logger);
    this.endpoint = new QuestionsController(
      point,
      { question: (question) => this.answer(question), accounting: (record) => this.account(record) },
      logger,
    );
    // Who listens has the sessions: the process before us has written its own by then.
    this.endpoint.start(() => (this.sessions = this.kept.load()));
  }

  get pointId(): string {
    return this.point.id;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return compileAccept(this.point, isolation);
  }

  /** All that we have assigned, so that nothing of ours is forgotten, and the hands and sessions of these MACs. */
  async read(macs: readonly string[]): Promise<PointReading> {
    const snapshot = this.store.fresh();
    const now = new Date();
    this.sessions.expire(this.point.interimSeconds, now.getTime());
    return {
      pointId: this.pointId,
      bootId: snapshot.born,
      readAt: now,
      ports: [],
      entries: [],
      policies: policyReadings(snapshot, this.store.hands(), macs),
      sessions: macs.flatMap((mac) => this.sessionsOf(mac)),
    };
  }

  apply(step: Step, fence: Fence): Promise<void> {
    const turn = this.steps.then(() => this.take(step, fence));
    this.steps = turn.catch(() => undefined);
    return turn;
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    const tell = (macs: readonly string[] | null): void =>
      listener({ pointId: this.pointId, kind: 'changed', at: new Date(), ...(macs && { macs }) });
    // It is also called, once, for a file that is not there.
    const listed = (now: Stats, before: Stats): void => {
      if (now.mtimeMs !== before.mtimeMs) tell(null);
    };
    const assigned = (now: Stats, before: Stats): void => {
      if (!this.store.isAsWeLeftIt()) listed(now, before);
    };
    const files = [
      [this.point.snapshotFile, assigned],
      [handsFileOf(this.point), listed],
    ] as const;
    for (const [file, changed] of files) watchFile(file, { interval: 1000, persistent: false }, changed);
    this.listeners.add(tell);
    const stop = (): Promise<void> => {
      this.listeners.delete(tell);
      for (const [file, changed] of files) unwatchFile(file, changed);
      return Promise.resolve();
    };
    return Promise.resolve({ stop });
  }

  async probe(): Promise<ProbeFinding[]> {
    const { listen, tokenFile, snapshotFile, quarantineVlan } = this.point;
    await Promise.race([this.endpoint.started(), sleep(1000, undefined, { ref: false })]);
    const { listening, lastQuestion, lastRefusal } = this.endpoint;
    const health = {
      listening,
      where: `${listen.host} port ${listen.port}`,
      token: await whyNot(() => new SecretFile(tokenFile).read()),
      snapshot: await whyNot(async () => (this.store.fresh(), access(dirname(snapshotFile), constants.W_OK))),
      lastQuestion,
      lastRefusal,
      quarantineVlan,
    };
    return findingsOf(health, new Date());
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation);
  }

  async close(): Promise<void> {
    await this.endpoint.stop();
    await this.kept.flush(this.sessions);
  }

  private async take(step: Step, fence: Fence): Promise<void> {
    switch (step.kind) {
      case 'set-policy':
        return this.set(step.isolation, fence);
      case 'clear-policy':
        return this.write(unassign(this.store.fresh(), step.mac, step.quarantineId, fence));
      case 'install-entries':
      case 'move-port':
      case 'restore-port':
      case 'remove-entries':
      case 'renew-session':
        throw new DriverError('refused', `a RADIUS server's policy source knows no ${step.kind}`);
    }
  }

  private set(isolation: PointIsolation, fence: Fence): Promise<void> {
    const { mac, quarantineId, generation } = isolation;
    const { attributes } = acceptOf(this.point, isolation);
    const { entries, policy } = compileAccept(this.point, isolation);
    const setAt = new Date().toISOString();
    const wanted: Assignment = { mac, quarantineId, generation, label: policy ?? '', entries, attributes, setAt };
    return this.write(assign(this.store.fresh(), wanted, this.store.hands(), fence));
  }

  private async write(transition: Transition): Promise<void> {
    if (!transition.ok) throw new DriverError(transition.code, transition.reason);
    if (transition.next) await this.store.replace(transition.next);
  }

  /** From memory. What is not known for sure is `unknown`, so that the server goes by what it was told before. */
  private answer(question: Question): PolicyAnswer {
    const { mac } = question;
    const { snapshot, trusted } = this.store.latest();
    const isByHand = mac !== null && this.store.hands().has(mac);
    const assigned = mac === null || isByHand ? undefined : snapshot?.assignments.get(mac);
    if (!assigned && !isByHand && !(snapshot && trusted)) return { kind: 'unknown' };
    const vlan = assigned ? (vlanOf(assigned) ?? question.vlan) : question.vlan;
    if (this.sessions.answered(question, assigned?.label ?? null, vlan, Date.now())) this.changed(mac);
    return assigned ? { kind: 'isolated', body: answerBody(assigned.label, assigned.attributes) } : { kind: 'nothing' };
  }

  private account(record: Accounting): void {
    if (this.sessions.accounted(record, Date.now())) this.changed(record.mac);
    else this.kept.changed(this.sessions);
  }

  /** null: it may concern anybody, as when a switch has restarted. */
  private changed(mac: string | null): void {
    this.kept.changed(this.sessions);
    for (const tell of this.listeners) tell(mac === null ? null : [mac]);
  }

  private sessionsOf(mac: string): SessionReading[] {
    return this.sessions.of(mac).map((session) => sessionReading(session, this.point.switches));
  }
}

function policyReadings(snapshot: Snapshot, hands: ReadonlySet<string>, macs: readonly string[]): PolicyReading[] {
  const ours = [...snapshot.assignments.values()].filter(({ mac }) => !hands.has(mac));
  return [
    ...ours.map(({ mac, quarantineId, generation, entries }) => ({
      mac,
      ours: true,
      mark: { quarantineId, generation },
      entries,
    })),
    ...macs.filter((mac) => hands.has(mac)).map((mac) => ({ mac, ours: false, mark: null, entries: [BY_HAND] })),
  ];
}

function vlanOf({ attributes }: Assignment): number | null {
  const named = attributes.find(({ name }) => name === 'Tunnel-Private-Group-Id');
  return named ? Number(named.value) : null;
}

async function whyNot(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}
