import type { Driver, DriverError, PointIsolation } from '#driver';
import { MRI, subject, type NacFixture } from './nac-fixture.client.js';
import type { NacModel } from './stand-in.client.js';
import { newTlsIdentity, type TlsIdentity } from './tls-identity.client.js';

const fence = { pointId: 'nac-1', number: 1 };

type NewFixture<M extends NacModel> = (
  identity: TlsIdentity,
  changes?: Record<string, unknown>,
) => Promise<NacFixture<M>>;

/** A driver and its stand-in on a bench, with the steps that enforcement takes. To be made in a `describe`. */
export class NacBench<M extends NacModel> {
  fixture!: NacFixture<M>;
  model!: M;
  driver!: Driver;
  private identityMade!: TlsIdentity;

  constructor(private readonly newFixture: NewFixture<M>) {
    beforeAll(() => {
      this.identityMade = newTlsIdentity();
    });
    afterAll(() => this.identityMade.remove());
    beforeEach(() => this.start());
    afterEach(() => this.fixture.stop());
  }

  get identity(): TlsIdentity {
    return this.identityMade;
  }

  /** Anew, with another configuration. */
  async restart(changes: Record<string, unknown>): Promise<void> {
    await this.fixture.stop();
    await this.start(changes);
  }

  setPolicy(changes: Partial<PointIsolation> = {}): Promise<void> {
    return this.driver.apply({ kind: 'set-policy', isolation: { ...subject, ...changes } }, fence);
  }

  clearPolicy(quarantineId = subject.quarantineId): Promise<void> {
    return this.driver.apply({ kind: 'clear-policy', mac: MRI, quarantineId }, fence);
  }

  /** Has the session renewed that is there now, or, where none is told of, the one that was. */
  async renew(known?: string): Promise<void> {
    const sessionId = known ?? (await this.driver.read([MRI])).sessions[0]?.sessionId ?? 'none';
    const { mac, port } = subject;
    const step = { kind: 'renew-session', mac, switch: 'sw-1', port, sessionId, isolation: subject } as const;
    await this.driver.apply(step, fence);
  }

  /** Whether each session of the subject carries the isolation, as the driver reads it. */
  async isolated(): Promise<boolean[]> {
    return (await this.driver.read([MRI])).sessions.map((one) => one.isolated);
  }

  /** What the probe finds wrong. */
  async wrong(): Promise<string[]> {
    const findings = await this.driver.probe();
    return findings.filter(({ ok }) => ok === false).map(({ detail }) => detail);
  }

  async held(): Promise<string> {
    const findings = await this.driver.probe();
    return findings.find(({ check }) => check === 'what of ours it holds')?.detail ?? '';
  }

  private async start(changes: Record<string, unknown> = {}): Promise<void> {
    this.fixture = await this.newFixture(this.identityMade, changes);
    this.model = this.fixture.standIn.model;
    this.driver = this.fixture.newDriver();
  }
}

/** What a call fails with; a success is an error of the test. */
export async function failure(call: Promise<unknown>): Promise<DriverError> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error as DriverError,
  );
  if (!outcome) throw new Error('it did not fail');
  return outcome;
}
