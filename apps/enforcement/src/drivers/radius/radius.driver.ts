import {
  DriverError,
  SecretFile,
  type CompiledEntries,
  type Driver,
  type DriverProfile,
  type PointIsolation,
  type PointReading,
  type ProbeFinding,
  type SessionReading,
  type Step,
} from '#driver';
import type { Logger } from '#observability';
import { answerOf, refusal, type Answer } from './answer.js';
import { carriedBy } from './carry.js';
import type { RadiusPoint } from './config.js';
import { Conversation } from './conversation.client.js';
import { NoAnswer, type Outcome } from './exchange.client.js';
import { findingOf, probeAttempt, silenceFinding, unaskableFinding, unreachableFinding } from './probe.js';
import { endOfSession, profileOf, renewalOf } from './profile.js';
import { attempts, type Attempt, type Command, type Session } from './request.js';
import { isolatedBy } from './session.js';
import { SnmpSessionSource } from './snmp-sessions.client.js';
import type { SessionSource } from './session-source.js';
import { undoCommands, wayTo } from './undo.js';
import { encodeNamed, type Named } from './wire/dictionary.js';
import { SESSION_NOT_FOUND } from './wire/error-cause.js';
import { CODE } from './wire/packet.js';

type RenewSession = Extract<Step, { kind: 'renew-session' }>;

/** The session to be renewed, and whether it has gone meanwhile, where somebody else than the switch's answer can tell. */
interface Renewed extends Session {
  isOver: (() => Promise<boolean>) | undefined;
}

/** Tables count in seconds, from two clocks. */
const SAME_START_MS = 3000;

/**
 * A switch by RADIUS dynamic authorisation (RFC 5176): Disconnect and CoA. Its sessions are told by `sessions`; null:
 * by the policyPoint, which the switch's accounting goes to.
 */
export class RadiusDriver implements Driver {
  readonly profile: DriverProfile;
  private readonly secret: SecretFile;
  private readonly conversation: Conversation;
  private readonly whom: string;
  private toldZeroForm = false;

  constructor(
    private readonly point: RadiusPoint,
    private readonly logger?: Logger,
    private readonly sessions: SessionSource | null = sessionsOf(point),
  ) {
    this.profile = profileOf(point);
    this.secret = new SecretFile(point.secretFile);
    const { host, port } = wayTo(point);
    this.conversation = new Conversation(host, port, point.from);
    this.whom = point.through.kind === 'proxy' ? `${point.id} (through the proxy ${host})` : `${point.id} (${host})`;
  }

  get pointId(): string {
    return this.point.id;
  }

  /** With a policyPoint the isolation is in its words: nothing of it is said here. */
  compile(isolation: PointIsolation): CompiledEntries {
    if (this.point.policyPoint !== null) return untold(isolation, this.profile.entries);
    const { entries, cut, policy } = carriedBy(this.point, isolation);
    return { entries, cut, policy };
  }

  async read(macs: readonly string[]): Promise<PointReading> {
    const sessions = (await this.sessions?.read(macs)) ?? [];
    return {
      pointId: this.pointId,
      // RADIUS does not tell of restarts: a session that is gone does.
      bootId: 'untold',
      readAt: new Date(),
      ports: [],
      entries: [],
      policies: [],
      sessions: sessions.map((session) => isolatedBy(this.point, session)),
    };
  }

  async apply(step: Step): Promise<void> {
    if (step.kind !== 'renew-session') {
      throw new DriverError(
        'refused',
        `${this.pointId} keeps sessions, and nothing else by RADIUS: it knows no ${step.kind}`,
      );
    }
    if (step.switch !== null && step.switch !== this.pointId) {
      throw new DriverError('refused', `the session is at ${step.switch}, and this is ${this.pointId}`);
    }
    const session = await this.sessionOf(step);
    if (session) await this.command(step, session);
  }

  /** Nothing tells of changes by RADIUS; the policyPoint hears of new sessions, and reads are polled. */
  watch(): Promise<{ stop(): Promise<void> }> {
    return Promise.resolve({ stop: () => Promise.resolve() });
  }

  async probe(): Promise<ProbeFinding[]> {
    const attempt = probeAttempt(this.point);
    if (!attempt) return [unaskableFinding()];
    try {
      const outcome = await this.send(attempt, undefined);
      return outcome.kind === 'answered' ? [findingOf(this.whom, answerOf(outcome.packet))] : [];
    } catch (error) {
      if (error instanceof NoAnswer) return [silenceFinding(this.whom, this.point, error.strangers)];
      if (error instanceof DriverError) return [unreachableFinding(error.message)];
      throw error;
    }
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation);
  }

  close(): Promise<void> {
    this.conversation.close();
    this.sessions?.close();
    return Promise.resolve();
  }

  /** The session that the step is about, as it is now; null: it is another one by now, and nothing is to be done. */
  private async sessionOf({ mac, port, sessionId }: RenewSession): Promise<Renewed | null> {
    if (!this.sessions) {
      const id = { kind: 'Acct-Session-Id', value: sessionId } as const;
      return { mac, port, id, isOver: undefined };
    }
    const live = await this.sessions.read([mac]);
    if (live.length === 0) throw new DriverError('no-session', `${mac} has no live session at ${this.pointId}`);
    const session = live.find((one) => one.sessionId === sessionId);
    if (!session) return null;
    const id = this.sessions.idOf(session);
    return { mac, port: session.port ?? port, id, isOver: this.isOver(session, id !== null) };
  }

  private async command(step: RenewSession, session: Renewed): Promise<void> {
    const { what, command } = this.commandOf(step);
    let last: { attempt: Attempt; answer: Extract<Answer, { kind: 'refused' }> } | null = null;
    for (const attempt of attempts(this.point, command, session)) {
      if (last && !isWorthwhile(last.answer, last.attempt, attempt)) break;
      if (last && !attempt.namesSession && (await session.isOver?.())) return;
      const outcome = await this.send(attempt, session.isOver);
      if (outcome.kind === 'over') return;
      const answer = answerOf(outcome.packet);
      if (answer.kind === 'acknowledged') return;
      // Sent again, it has found that the session is gone: by what was sent first.
      if (answer.cause === SESSION_NOT_FOUND && attempt.namesSession && outcome.sent > 1) return;
      last = { attempt, answer };
    }
    if (last) throw refusal(this.whom, what, last.answer);
    throw new DriverError(
      'refused',
      `${this.pointId} can't be told which session of ${step.mac} is meant: see nasPorts`,
    );
  }

  /** What is asked for: the isolation itself where a CoA carries it, or that the session takes its policy anew. */
  private commandOf({ isolation }: RenewSession): { what: string; command: Command } {
    if (this.point.policyPoint === null && isolation !== null) {
      const { attributes, entries } = carriedBy(this.point, isolation);
      return { what: `a CoA with ${entries.join(', ')}`, command: { request: 'coa', attributes } };
    }
    const usual = renewalOf(this.point);
    // Whoever else is on the port is not cut off: only a session that is alone is renewed by its link.
    const command = usual.gap === 'link' && isolation?.alone !== true ? endOfSession(this.point) : usual;
    const named = command.attributes.map(([name, value]) => `${name} = ${value}`).join(', ');
    return { what: `${command.request === 'coa' ? `a CoA with ${named}` : 'a Disconnect'}`, command };
  }

  /** Whether a session has ended or is another one by now. Undefined: its table would not tell one from the next. */
  private isOver({ mac, sessionId, startedAt }: SessionReading, hasId: boolean): Renewed['isOver'] {
    if (!hasId && startedAt === null) return undefined;
    const isIt = (one: SessionReading): boolean =>
      one.sessionId === sessionId &&
      (startedAt === null || one.startedAt === null || Math.abs(+one.startedAt - +startedAt) < SAME_START_MS);
    return async () => !((await this.sessions?.read([mac])) ?? []).some(isIt);
  }

  private async send({ request, attributes, namesSession }: Attempt, isOver: Renewed['isOver']): Promise<Outcome> {
    const secret = Buffer.from(await this.secret.read(), 'utf8');
    const stamped: Named[] = [...attributes, ['Event-Timestamp', Math.floor(Date.now() / 1000)]];
    const { messageAuthenticator, firstMs, sendings } = this.point;
    const outcome = await this.conversation.ask({
      code: request === 'coa' ? CODE.coaRequest : CODE.disconnectRequest,
      attributes: stamped.map(encodeNamed),
      messageAuthenticator,
      secret,
      firstMs,
      // What names no session hits whichever is there: it is sent again only while somebody says which one that is.
      sendings: namesSession || isOver ? sendings : 1,
      isOver,
    });
    if (outcome.kind === 'answered' && outcome.signature === 'zero-form') this.tellZeroForm();
    return outcome;
  }

  private tellZeroForm(): void {
    if (this.toldZeroForm) return;
    this.toldZeroForm = true;
    this.logger?.warn({ pointId: this.pointId }, 'answers are signed over zeros, against RFC 5176 3.4: accepted');
  }
}

function sessionsOf(point: RadiusPoint): SessionSource | null {
  return point.sessions.from === 'snmp' ? new SnmpSessionSource(point, point.sessions) : null;
}

/** The words are the policyPoint's; what the switch would have to take is known all the same. */
function untold({ permits }: PointIsolation, entries: number): CompiledEntries {
  if (permits.length <= entries) return { entries: [], cut: [], policy: null };
  throw new DriverError('too-many-entries', `${permits.length} permits, ${entries} at most for one session`);
}

/** Whether another set of attributes may fare better than the one that was refused. */
function isWorthwhile(
  { cause, meaning }: Extract<Answer, { kind: 'refused' }>,
  refused: Attempt,
  next: Attempt,
): boolean {
  // A session that is gone by its id must not be looked for by its MAC: that would be the one after it.
  if (cause === SESSION_NOT_FOUND) return next.namesSession || !refused.namesSession;
  return meaning.aboutAttributes;
}
