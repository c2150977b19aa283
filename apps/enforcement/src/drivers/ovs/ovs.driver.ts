import type { Logger } from '#observability';
import {
  DriverError,
  type CompiledEntries,
  type Driver,
  type EntryReading,
  type Fence,
  type PointHint,
  type PointIsolation,
  type PointReading,
  type PortReading,
  type ProbeFinding,
  type Step,
} from '#driver';
import type { OvsPoint } from './config.js';
import { DatabaseClient } from './database.client.js';
import { OpenflowClient } from './openflow.client.js';
import { ovsProfile } from './profile.js';
import { undoCommands } from './undo.js';
import { Watch } from './watch.client.js';
import { bootId } from './wire/boot.js';
import { bundleLines } from './wire/bundle.js';
import { compileFlows } from './wire/compile.js';
import { decodeCookie, encodeCookie } from './wire/cookie.js';
import type { HeldFlow } from './wire/dump.js';
import { isDeny, textOf } from './wire/flow.js';
import * as portRow from './wire/port-row.js';
import type { PortRow, RowChange, Transition } from './wire/port-row.js';

/** How often a row that somebody keeps changing is read and compared again before we give up. */
const COMPARE_TRIES = 3;

/** Open vSwitch: ports, ownership and fence over OVSDB (RFC 7047), flows by OpenFlow 1.4 bundles. */
export class OvsDriver implements Driver {
  readonly profile = ovsProfile;
  private readonly database: DatabaseClient;
  private readonly openflow: OpenflowClient;
  private boot: string | null = null;

  constructor(
    private readonly point: OvsPoint,
    private readonly logger?: Logger,
  ) {
    this.database = new DatabaseClient(point.ovsdb, point.bridge, point.timeoutMs, logger);
    this.openflow = new OpenflowClient(point.openflow, point.timeoutMs);
  }

  get pointId(): string {
    return this.point.id;
  }

  compile(isolation: PointIsolation): CompiledEntries {
    return { entries: compileFlows(isolation, this.profile.entries).map(textOf), cut: [], policy: null };
  }

  async read(): Promise<PointReading> {
    const [rows, flows, started] = await Promise.all([
      this.database.ports(),
      this.openflow.ours(),
      this.openflow.startedBetween(),
    ]);
    this.boot = bootId([this.boot, ...rows.map(portRow.bootOf)], started);
    const ports = rows.filter(({ name }) => name !== this.point.bridge).map(portReading);
    return {
      pointId: this.pointId,
      bootId: this.boot,
      readAt: new Date(),
      ports,
      entries: flows.flatMap(entryReading),
      policies: [],
      sessions: [],
    };
  }

  async apply(step: Step, fence: Fence): Promise<void> {
    switch (step.kind) {
      case 'install-entries':
        return this.install(step.isolation, fence);
      case 'move-port':
        return this.move(step.isolation, fence);
      case 'restore-port':
        return this.compareAndSet((rows) => {
          const row = rows.find(({ name }) => name === step.port);
          return row ? [portRow.restore(row, step.quarantineId, step.quarantineVlan, fence)] : [];
        });
      case 'remove-entries':
        return this.remove(step.deviceNumber, fence);
      case 'set-policy':
      case 'clear-policy':
      case 'renew-session':
        throw new DriverError('refused', `Open vSwitch keeps its state by port: it knows no ${step.kind}`);
    }
  }

  watch(listener: (hint: PointHint) => void): Promise<{ stop(): Promise<void> }> {
    const tell = (kind: PointHint['kind']): void => listener({ pointId: this.pointId, kind, at: new Date() });
    const boot = async (): Promise<string> => (await this.read()).bootId;
    return Promise.resolve(Watch.start({ point: this.point, bootId: boot, listener: tell, logger: this.logger }));
  }

  /** Asks both of the switch's ends, and whether the quarantine VLAN can be used there. */
  async probe(): Promise<ProbeFinding[]> {
    const { bridge, quarantineVlan, ovsdb, openflow } = this.point;
    const rows = await found(`bridge ${bridge} by OVSDB`, `check ${ovsdb} and its firewall`, () =>
      this.database.ports(),
    );
    const flows = await found('flows by OpenFlow', `check ${openflow} and the bridge's protocols (OpenFlow14)`, () =>
      this.openflow.ours(),
    );
    const carried = rows.value?.some(({ tag }) => tag === quarantineVlan) ?? null;
    return [
      rows.finding,
      flows.finding,
      {
        check: `quarantine VLAN ${quarantineVlan}`,
        ok: carried,
        detail: carried ? 'a port is in it' : 'no port of this bridge is in it: is its gateway connected?',
      },
    ];
  }

  undo(isolation: PointIsolation): string[] {
    return undoCommands(this.point, isolation);
  }

  close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }

  /** OpenFlow can't compare, so the fence is checked and set in OVSDB before the first flow is written. */
  private async install(isolation: PointIsolation, fence: Fence): Promise<void> {
    const { deviceNumber, generation } = isolation;
    const compiled = compileFlows(isolation, this.profile.entries);
    const boot = this.boot ?? (await this.read()).bootId;
    await this.compareAndSet((rows) => [
      portRow.claim(rowOf(rows, isolation.port), isolation, fence, boot),
      // A device that has moved takes its claim along; the mark on its old port stays until that is restored.
      ...rows.filter(({ name }) => name !== isolation.port).map((row) => portRow.unclaim(row, deviceNumber, fence)),
    ]);
    const held = await this.openflow.flowsOf(deviceNumber);
    const lines = bundleLines(compiled, held, encodeCookie(deviceNumber, generation));
    if (lines.length > 0) await this.openflow.bundle(lines);
  }

  /** Never before its permits are in force: a device in the quarantine VLAN without them has lost its images. */
  private async move(isolation: PointIsolation, fence: Fence): Promise<void> {
    const { deviceNumber, generation } = isolation;
    const compiled = compileFlows(isolation, this.profile.entries);
    const missing = bundleLines(
      compiled,
      await this.openflow.flowsOf(deviceNumber),
      encodeCookie(deviceNumber, generation),
    );
    if (missing.length > 0) throw new DriverError('refused', 'the entries of this isolation are not in force');
    await this.compareAndSet((rows) => [portRow.move(rowOf(rows, isolation.port), isolation, fence)]);
  }

  private async remove(deviceNumber: number, fence: Fence): Promise<void> {
    await this.compareAndSet((rows) => rows.map((row) => portRow.unclaim(row, deviceNumber, fence)));
    await this.openflow.deleteDevice(deviceNumber);
  }

  /** Decides on rows just read, and writes only if they still are so; if not, it reads and decides again. */
  private async compareAndSet(decide: (rows: PortRow[]) => Transition[]): Promise<void> {
    for (let attempt = 0; attempt < COMPARE_TRIES; attempt++) {
      const changes = decide(await this.database.ports()).flatMap(changeOf);
      if (changes.length === 0 || (await this.database.change(changes))) return;
    }
    throw new DriverError('changed-by-others', 'somebody else keeps changing the port');
  }
}

/** What a question gives, and how it went, for people. */
async function found<T>(
  check: string,
  help: string,
  ask: () => Promise<T>,
): Promise<{ value: T | null; finding: ProbeFinding }> {
  try {
    const value = await ask();
    return { value, finding: { check, ok: true, detail: 'answered' } };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return { value: null, finding: { check, ok: false, detail: `${error.message}: ${help}` } };
  }
}

function changeOf(transition: Transition): RowChange[] {
  if (!transition.ok) throw new DriverError(transition.code, transition.reason);
  return transition.change ? [transition.change] : [];
}

function rowOf(rows: PortRow[], port: string): PortRow {
  const row = rows.find(({ name }) => name === port);
  if (!row) throw new DriverError('unknown-port', `the bridge has no port ${port}`);
  return row;
}

function portReading(row: PortRow): PortReading {
  const { name: port, tag: vlan, linkUp } = row;
  return { port, vlan, linkUp, trunk: portRow.isTrunk(row), mark: portRow.markOf(row), macs: null };
}

function entryReading(flow: HeldFlow): EntryReading[] {
  const owner = decodeCookie(flow.cookie);
  if (!owner) return [];
  return [{ ...owner, kind: isDeny(flow.actions) ? 'deny' : 'permit', text: flow.text, packets: flow.packets }];
}
