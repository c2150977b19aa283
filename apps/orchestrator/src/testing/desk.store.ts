import type { EntityManager } from 'typeorm';
import {
  makeEvent,
  type AssessmentChanged,
  type DeviceChanged,
  type LazaretEvent,
  type SeenIsolation,
  type SeenPlan,
  type WantedIsolation,
  type WantedPreview,
} from '#events';
import { EventContext } from '#messaging';
import { createLogger } from '#observability';
import type { Actor } from '../commands.js';
import { AssessmentsConsumer } from '../intake/assessments.consumer.js';
import { DevicesConsumer } from '../intake/devices.consumer.js';
import { SeenConsumer } from '../intake/seen.consumer.js';
import { Teller } from '../intake/teller.js';
import { Notifier, type Notice } from '../notify/notice.js';
import { Decider } from '../quarantine/decider.command.js';
import { StoredQuarantineCommands } from '../quarantine/quarantine.command.js';
import { UndoSheets } from '../quarantine/undo-sheets.store.js';
import { StoredDeviceQueries, StoredQuarantineQueries, StoredRuleQueries } from '../stored-queries.store.js';
import { Rounds } from '../wanted/rounds.command.js';
import { StoredStopCommands } from '../wanted/stop.command.js';
import type { TestDatabase } from './database.client.js';
import { archive, device, inForce, planFor, STORE } from './examples.js';

class Told extends Notifier {
  readonly notices: Notice[] = [];
  tell(notice: Notice): void {
    this.notices.push(notice);
  }
}

export const APPROVER: Actor = { name: 'ann', role: 'approver' };
export const OTHER: Actor = { name: 'bob', role: 'approver' };
export const OPERATOR: Actor = { name: 'olga', role: 'operator' };

/** The service's deciding part on a real database, its events handed over without a broker. */
export class Desk {
  readonly told = new Told();
  readonly decider: Decider;
  readonly quarantines: StoredQuarantineCommands;
  readonly stops: StoredStopCommands;
  readonly rounds: Rounds;
  readonly look: { devices: StoredDeviceQueries; quarantines: StoredQuarantineQueries; rules: StoredRuleQueries };
  private readonly consumers: { devices: DevicesConsumer; assessments: AssessmentsConsumer; seen: SeenConsumer };

  constructor(
    readonly database: TestDatabase,
    readonly policy = inForce(),
    undoDirectory: string | null = null,
  ) {
    const { dataSource } = database;
    const logger = createLogger('test', 'silent');
    this.decider = new Decider(policy, new UndoSheets(undoDirectory, logger));
    const teller = new Teller(this.told, logger);
    this.consumers = {
      devices: new DevicesConsumer(this.decider, teller),
      assessments: new AssessmentsConsumer(this.decider, teller),
      seen: new SeenConsumer(this.decider, teller),
    };
    this.quarantines = new StoredQuarantineCommands(dataSource, policy, this.told);
    this.stops = new StoredStopCommands(dataSource);
    this.rounds = new Rounds(dataSource, this.decider, teller, logger);
    this.look = {
      devices: new StoredDeviceQueries(dataSource, policy),
      quarantines: new StoredQuarantineQueries(dataSource, policy),
      rules: new StoredRuleQueries(dataSource, policy),
    };
  }

  hearDevice(data: DeviceChanged['data']): Promise<void> {
    const event = { type: 'lazaret.device.changed', source: '/discovery', subject: data.deviceId, data } as const;
    return this.step((context) => this.consumers.devices.onDevice(makeEvent({ ...event, time: new Date() }), context));
  }

  hearAssessment(data: AssessmentChanged['data']): Promise<void> {
    const event = {
      type: 'lazaret.assessment.changed',
      source: '/risk-scoring',
      subject: data.deviceId,
      data,
    } as const;
    return this.step((context) =>
      this.consumers.assessments.onAssessment(makeEvent({ ...event, time: new Date() }), context),
    );
  }

  hearPlan(data: SeenPlan['data']): Promise<void> {
    const event = { type: 'lazaret.seen.plan', source: '/enforcement', subject: data.deviceId, data } as const;
    return this.step((context) => this.consumers.seen.onSeen(makeEvent({ ...event, time: new Date() }), context));
  }

  hearSeen(data: SeenIsolation['data']): Promise<void> {
    const event = { type: 'lazaret.seen.isolation', source: '/enforcement', subject: data.deviceId, data } as const;
    return this.step((context) => this.consumers.seen.onSeen(makeEvent({ ...event, time: new Date() }), context));
  }

  /** A device with a contract, known before its first evidence, beside its archive. */
  async admit(changes: Partial<DeviceChanged['data']> = {}): Promise<DeviceChanged['data']> {
    const made = device({ flows: [STORE], ...changes });
    await this.hearDevice(archive({ deviceId: 'archive', site: made.site, realm: made.realm }));
    await this.hearDevice(made);
    return made;
  }

  /** Answers the newest preview of a device as enforcement would. */
  async answerPreview(deviceId: string, changes: Partial<SeenPlan['data']> = {}): Promise<SeenPlan['data']> {
    const preview = (await this.previews(deviceId)).at(-1);
    if (!preview) throw new Error('no preview was published');
    const plan = planFor(preview, changes);
    await this.hearPlan(plan);
    return plan;
  }

  async wanted(deviceId: string): Promise<WantedIsolation['data'][]> {
    return (await this.of('lazaret.wanted.isolation', deviceId)).map(({ data }) => data);
  }

  async previews(deviceId: string): Promise<WantedPreview['data'][]> {
    return (await this.of('lazaret.wanted.preview', deviceId)).map(({ data }) => data);
  }

  /** The changes of a device's quarantines that were published, such as `proposed`. */
  async changes(deviceId: string): Promise<string[]> {
    const events = await this.database.published();
    return events
      .filter(({ type, subject }) => type.startsWith('lazaret.quarantine.') && subject === deviceId)
      .map(({ type }) => type.replace('lazaret.quarantine.', ''));
  }

  async openQuarantine(deviceId: string): Promise<string> {
    const view = await this.look.devices.device(deviceId);
    if (!view?.openQuarantine) throw new Error('the device has no open quarantine');
    return view.openQuarantine.quarantineId;
  }

  async of<T extends LazaretEvent['type']>(type: T, subject: string): Promise<Extract<LazaretEvent, { type: T }>[]> {
    const events = await this.database.published();
    return events.filter((event) => event.type === type && event.subject === subject) as Extract<
      LazaretEvent,
      { type: T }
    >[];
  }

  private async step(handle: (context: EventContext) => Promise<void>): Promise<void> {
    const after: (() => void | Promise<void>)[] = [];
    await this.database.transaction((manager) => handle(contextOf(manager, after)));
    for (const run of after) await run();
  }
}

function contextOf(manager: EntityManager, after: (() => void | Promise<void>)[]): EventContext {
  const place = { topic: 'test', partition: 0, offset: '0', key: null, receivedAt: new Date() };
  const publish = () => Promise.reject(new Error('consumers publish through their stores'));
  return new EventContext(place, manager, { publish, afterCommit: (run) => after.push(run) });
}
