import { join } from 'node:path';
import type { Counters, Logger } from '#observability';
import type { DataSource } from 'typeorm';
import type { SensorConfig, SensorConfigOf } from '../config.js';
import type { Discovery } from '../discovery.js';
import { LeasesSensor } from './dnsmasq/leases.sensor.js';
import { QueryLogSensor } from './dnsmasq/query-log.sensor.js';
import { EveReader } from './eve/eve-line.js';
import type { Flow } from './flow.js';
import type { LineReader, Told } from './follow/line-fact.js';
import { runningLineLog } from './follow/running-line-log.sensor.js';
import type { FilePosition } from './growing-file.client.js';
import type { FlowCollector } from './flows/collector.sensor.js';
import { SequenceTracker } from './flows/sequence.js';
import { TemplateSaver } from './flows/template-saver.store.js';
import { TemplateStore } from './flows/template-store.js';
import { loadTemplates } from './flows/templates.store.js';
import { ipfixSensor } from './ipfix/ipfix.sensor.js';
import { netflowSensor, templateNames } from './netflow/netflow.sensor.js';
import { OvsSensor } from './ovs/ovs.sensor.js';
import type { RunningSensor } from './running-sensor.js';
import { SensorHealth } from './sensor-health.js';
import type { SensorIdentity } from './sensor-identity.js';
import { loadPositions, savePosition } from './sequences.store.js';
import { sflowSensor } from './sflow/sflow.sensor.js';
import { ZeekReader } from './zeek/zeek-line.js';

export interface SensorParts {
  dataSource: DataSource;
  discovery: Discovery;
  counters: Counters;
  logger: Logger;
  /** False while what was told is not safe: a source that can wait is not read. */
  mayRead: () => boolean;
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
  netflow: makeNetflow,
  sflow: makeSflow,
  'dnsmasq-log': makeQueryLog,
  'dnsmasq-leases': makeLeases,
  zeek: makeZeek,
  eve: makeEve,
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
  const kept = await keptOf(config, config.exporters, parts);
  const sensor = ipfixSensor({ ...collecting(config, parts), ...kept, pointId: config.point });
  return runningCollector(config.id, sensor, kept);
}

async function makeNetflow(config: SensorConfigOf<'netflow'>, parts: SensorParts): Promise<RunningSensor> {
  const { id, exporters, point: pointId, interfaces, showsAnswers } = config;
  const kept = await keptOf(config, templateNames(id, exporters), parts);
  const meaning = { pointId, interfaces, showsAnswers };
  return runningCollector(id, netflowSensor({ ...collecting(config, parts), ...kept, ...meaning }), kept);
}

async function makeSflow(config: SensorConfigOf<'sflow'>, parts: SensorParts): Promise<RunningSensor> {
  const { point: pointId, interfaces, showsAnswers } = config;
  const kept = await keptOf(config, [], parts);
  const sensor = sflowSensor({ ...collecting(config, parts), ...kept, pointId, interfaces, showsAnswers });
  return runningCollector(config.id, sensor, kept);
}

type FlowConfig = SensorConfigOf<'ipfix'> | SensorConfigOf<'netflow'> | SensorConfigOf<'sflow'>;

function collecting({ listen, exporters }: FlowConfig, { discovery, counters, logger }: SensorParts) {
  return { listen, exporters, counters, logger, heard: (flow: Flow) => discovery.flow(flow) };
}

/** What a flow sensor remembers across a restart: its exporters' templates, and where their counting stood. */
interface Kept {
  health: SensorHealth;
  templates: TemplateStore;
  sequences: SequenceTracker;
  saver: TemplateSaver;
  templatesChanged: () => void;
}

async function keptOf(config: FlowConfig, names: readonly string[], parts: SensorParts): Promise<Kept> {
  const { dataSource, logger } = parts;
  const health = new SensorHealth(identityOf(config), config.point === null ? [] : [`point:${config.point}`]);
  const templates = new TemplateStore(names.length === 0 ? [] : await loadTemplates(dataSource.manager, names));
  const sequences = new SequenceTracker();
  const stored = await loadPositions(dataSource.manager, config.id);
  sequences.restore((stored.get(SESSIONS) as Record<string, number> | undefined) ?? {});
  const saver = new TemplateSaver(templates, dataSource, logger);
  return { health, templates, sequences, saver, templatesChanged: () => saver.wake() };
}

function runningCollector(id: string, collector: FlowCollector, kept: Kept): RunningSensor {
  return {
    health: kept.health,
    start: () => collector.start(),
    stop: () => collector.stop(),
    check: (now) => collector.checkSocket(now),
    save: async (manager, now) => {
      await kept.saver.save();
      await savePosition(manager, id, SESSIONS, kept.sequences.snapshot(), now);
    },
  };
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

function makeZeek(config: SensorConfigOf<'zeek'>, parts: SensorParts): Promise<RunningSensor> {
  const { folder, logs } = config;
  const byFile = new Map(folder === null ? [] : logs.map((log) => [join(folder, `${log}.log`), log] as const));
  const newReader = (file: string | null): ZeekReader => new ZeekReader(byFile.get(file ?? '') ?? null);
  return makeLineLog(config, [...byFile.keys()], newReader, parts);
}

function makeEve(config: SensorConfigOf<'eve'>, parts: SensorParts): Promise<RunningSensor> {
  return makeLineLog(config, config.file === null ? [] : [config.file], () => new EveReader(), parts);
}

function makeLineLog(
  config: SensorConfigOf<'zeek'> | SensorConfigOf<'eve'>,
  files: readonly string[],
  newReader: (file: string | null) => LineReader,
  { dataSource, discovery, counters, mayRead }: SensorParts,
): Promise<RunningSensor> {
  const { id, listen } = config;
  const health = new SensorHealth(identityOf(config), []);
  const heard = (told: Told): void => discovery.line(id, told);
  return runningLineLog({ files, listen, newReader, health, counters, dataSource, mayRead, heard });
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
