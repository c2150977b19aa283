import type { Counters, Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import type { SensorConfig, SensorConfigOf } from '../config.js';
import type { Discovery } from '../discovery.js';
import { LeasesSensor } from './dnsmasq/leases.sensor.js';
import { QueryLogSensor } from './dnsmasq/query-log.sensor.js';
import type { FilePosition } from './growing-file.client.js';
import { IpfixSensor } from './ipfix/ipfix.sensor.js';
import { SequenceTracker } from './ipfix/sequence.js';
import { TemplateStore } from './ipfix/template-store.js';
import { loadTemplates, saveTemplates } from './ipfix/templates.store.js';
import { OvsSensor } from './ovs/ovs.sensor.js';
import type { RunningSensor } from './running-sensor.js';
import { SensorHealth } from './sensor-health.js';
import type { SensorIdentity } from './sensor-identity.js';
import { loadPositions, savePosition } from './sequences.store.js';

export interface SensorParts {
  dataSource: DataSource;
  discovery: Discovery;
  counters: Counters;
  logger: Logger;
  /** A point's switch has answered: its flow sensors are alive. */
  alive: (pointId: string, at: number) => void;
}

type Factory<K extends SensorConfig['kind']> = (
  config: SensorConfigOf<K>,
  parts: SensorParts,
) => Promise<RunningSensor>;

/** Source of an exporter's sequence numbers, by session. */
const SESSIONS = 'sessions';

/** Every kind of sensor, registered here and nowhere else. */
const factories: { [K in SensorConfig['kind']]: Factory<K> } = {
  ipfix: makeIpfix,
  'dnsmasq-log': makeQueryLog,
  'dnsmasq-leases': makeLeases,
  ovs: makeOvs,
};

export function makeSensor(config: SensorConfig, parts: SensorParts): Promise<RunningSensor> {
  const make = factories[config.kind] as Factory<SensorConfig['kind']>;
  return make(config, parts);
}

export function identityOf({ id, kind, trustDomain, authenticatedBy }: SensorConfig): SensorIdentity {
  return { id, kind, trustDomain: trustDomain ?? id, authenticatedBy };
}

async function makeIpfix(config: SensorConfigOf<'ipfix'>, parts: SensorParts): Promise<RunningSensor> {
  const { dataSource, discovery, counters, logger } = parts;
  const health = new SensorHealth(identityOf(config), [`point:${config.point}`]);
  const templates = new TemplateStore(await loadTemplates(dataSource.manager, config.exporters));
  const sequences = new SequenceTracker();
  const stored = await loadPositions(dataSource.manager, config.id);
  sequences.restore((stored.get(SESSIONS) as Record<string, number> | undefined) ?? {});
  const saver = new TemplateSaver(templates, dataSource, logger);
  const sensor = new IpfixSensor({
    pointId: config.point,
    listen: config.listen,
    exporters: config.exporters,
    templates,
    sequences,
    health,
    counters,
    logger,
    heard: (flow) => discovery.flow(flow),
    templatesChanged: () => saver.wake(),
  });
  return {
    health,
    start: () => sensor.start(),
    stop: () => sensor.stop(),
    check: (now) => sensor.checkSocket(now),
    save: async (manager, now) => {
      await saver.save();
      await savePosition(manager, config.id, SESSIONS, sequences.snapshot(), now);
    },
  };
}

/** Stores templates soon after they came: their exporter won't repeat them for minutes. */
class TemplateSaver {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly templates: TemplateStore,
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  wake(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.save();
    }, 50);
  }

  async save(): Promise<void> {
    const changes = this.templates.takeChanges();
    if (changes.length === 0) return;
    try {
      await inTransaction(this.dataSource, (manager) => saveTemplates(manager, changes, new Date()));
    } catch (err) {
      this.templates.giveBack(changes);
      this.logger.warn({ err, templates: changes.length }, 'templates could not be stored');
    }
  }
}

async function makeQueryLog(config: SensorConfigOf<'dnsmasq-log'>, parts: SensorParts): Promise<RunningSensor> {
  const { dataSource, discovery, counters } = parts;
  const { id, file } = config;
  const health = new SensorHealth(identityOf(config), [`resolver:${config.resolver}`]);
  const positions = await loadPositions(dataSource.manager, id);
  const sensor = new QueryLogSensor({
    file,
    position: (positions.get(file) as FilePosition | undefined) ?? null,
    health,
    counters,
    heard: (event) => discovery.lookUp(id, event),
  });
  return {
    health,
    start: async () => sensor.start(),
    stop: () => sensor.stop(),
    save: async (manager, now) => {
      const position = sensor.settledPosition(now.getTime());
      if (position) await savePosition(manager, id, file, position, now);
    },
  };
}

async function makeLeases(config: SensorConfigOf<'dnsmasq-leases'>, parts: SensorParts): Promise<RunningSensor> {
  const health = new SensorHealth(identityOf(config), []);
  const heard: ConstructorParameters<typeof LeasesSensor>[0]['heard'] = (leases) =>
    parts.discovery.leases(config.id, leases, Date.now());
  const sensor = new LeasesSensor({ file: config.file, health, heard });
  return { health, start: async () => sensor.start(), stop: () => sensor.stop() };
}

async function makeOvs(config: SensorConfigOf<'ovs'>, parts: SensorParts): Promise<RunningSensor> {
  const { discovery, logger } = parts;
  const { id, point: pointId, ovsdb, unixctl, bridge, infrastructurePorts } = config;
  const health = new SensorHealth(identityOf(config), [`point:${pointId}`]);
  const point = { pointId, sensorId: id, infrastructurePorts };
  const sensor = new OvsSensor({
    ovsdb,
    unixctl,
    bridge,
    health,
    logger,
    ports: (ports, at) => discovery.ports(point, ports, at),
    seen: (entries, ports, at) => discovery.table(point, entries, ports, at),
    alive: (at) => parts.alive(pointId, at),
  });
  return { health, start: () => sensor.start(), stop: () => sensor.stop() };
}
