import { HttpsPeer, type PeerAnswer, type PeerRequest } from './https-peer.client.js';
import type { TlsIdentity } from './tls-identity.client.js';

/** What a stand-in of one kind of NAC does, written from what the real one is known to do. */
export interface NacModel {
  /** Carries a request out. What it does not know is an error of the test: it throws. */
  answer(request: PeerRequest): PeerAnswer;
  /** Whether a request is one to change something in the network; a login or a search is not. */
  changes(request: PeerRequest): boolean;
  /** How it refuses a change. */
  readonly refusal: PeerAnswer;
  /** How it says yes to a change that it does not carry out. */
  acknowledgement(request: PeerRequest): PeerAnswer;
  stateOf(mac: string): string;
  isIsolated(mac: string): boolean;
  changeByHand(mac: string): void;
  endSession(mac: string): void;
  stop(): void;
}

export type Fault = 'none' | 'lose-answer' | 'refuse' | 'ignore';

/** A NAC on the loopback: a model behind TLS, and the faults that the conformance rules ask for. */
export class StandIn<M extends NacModel> {
  fault: Fault = 'none';
  writes = 0;
  readonly requests: PeerRequest[] = [];
  /** Each request with what was answered, but for answers that were lost. */
  readonly exchanges: { request: PeerRequest; answer: PeerAnswer }[] = [];
  readonly peer: HttpsPeer;
  /** What it was asked and could not answer: a test that leaves any has failed. */
  readonly unplanned: string[] = [];

  constructor(
    identity: TlsIdentity,
    readonly model: M,
  ) {
    this.peer = new HttpsPeer(identity, async (request) => {
      const answer = this.handle(request);
      if (answer !== 'silent') this.exchanges.push({ request, answer });
      return answer;
    });
  }

  async stop(): Promise<void> {
    this.model.stop();
    await this.peer.close();
  }

  private handle(request: PeerRequest): PeerAnswer | 'silent' {
    this.requests.push(request);
    try {
      if (!this.model.changes(request)) return this.model.answer(request);
      this.writes += 1;
      if (this.fault === 'refuse') return this.model.refusal;
      if (this.fault === 'ignore') return this.model.acknowledgement(request);
      const answer = this.model.answer(request);
      if (this.fault !== 'lose-answer') return answer;
      this.fault = 'none';
      return 'silent';
    } catch (error) {
      this.unplanned.push(`${request.method} ${request.path}: ${(error as Error).message}`);
      return json(599, { unplanned: request.path });
    }
  }
}

export function json(status: number, body: unknown): PeerAnswer {
  return { status, body: JSON.stringify(body) };
}

export function bodyOf({ text }: PeerRequest): Record<string, unknown> {
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
