import type { Observation } from '#events';
import type { EventProducer } from '#messaging';
import type { Counters, Logger } from '#observability';
import type { DataSource } from 'typeorm';
import type { DiscoveryConfig } from './config.js';
import { ConversationLog, MAX_KNOWN } from './conversations/conversation-log.js';
import { loadConversations } from './conversations/conversations.store.js';
import { DeviceRegister } from './devices/device-register.js';
import { loadAssets, loadDevices } from './devices/devices.store.js';
import { DevicesPublisher } from './devices/devices.publisher.js';
import { Discovery } from './discovery.js';
import { InsideNetworks } from './inside.js';
import { Entrances } from './observations/entrances.js';
import { LineObserver, type LineSensor } from './observations/line-observer.js';
import { ObservationsPublisher } from './observations/observations.publisher.js';
import { Observer, type ResolverLog } from './observations/observer.js';
import { identityOf } from './sensors/factories.sensor.js';
import { SensorFleet } from './sensors/fleet.sensor.js';

export interface BuildRequest {
  config: DiscoveryConfig;
  dataSource: DataSource;
  producer: EventProducer;
  logger: Logger;
  counters: Counters;
}

export interface Built {
  discovery: Discovery;
  devices: DevicesPublisher;
  fleet: SensorFleet;
}

/** Reads what is stored and joins the parts. Nothing runs yet. */
export async function buildDiscovery({ config, dataSource, producer, logger, counters }: BuildRequest): Promise<Built> {
  const { site, realm } = config;
  const place = { site, realm };
  const register = await restoreRegister(dataSource, place);
  const inside = new InsideNetworks(config.insideNetworks);
  const conversations = new ConversationLog(inside, await loadConversations(dataSource.manager, MAX_KNOWN));
  const publisher = new ObservationsPublisher({ producer, place, counters, logger });
  const devices = new DevicesPublisher({ dataSource, register, place, counters, logger });
  const observe = (deviceId: string, observation: Observation): void => publisher.observe(deviceId, observation);
  const entrances = new Entrances();
  const observer = new Observer({
    register,
    conversations,
    inside,
    sensors: new Map(config.sensors.map((one) => [one.id, identityOf(one)])),
    resolvers: resolversOf(config),
    siteSuffixes: config.siteSuffixes,
    counters,
    observe,
    entrances,
    conversationsDue: () => fleet.conversationsDue(),
  });
  const lines = new LineObserver({
    register,
    inside,
    entrances,
    sensors: lineSensorsOf(config),
    siteSuffixes: config.siteSuffixes,
    counters,
    observe,
    devicesChanged: () => devices.wake(),
  });
  const discovery = new Discovery(place, register, observer, lines, () => devices.wake());
  const parts = { dataSource, discovery, counters, logger, mayRead: () => !publisher.isFull };
  const fleet = new SensorFleet({
    site,
    sensors: config.sensors,
    register,
    conversations,
    publisher,
    discovery,
    dataSource,
    logger,
    parts,
  });
  devices.wake();
  return { discovery, devices, fleet };
}

/** Declared assets are told to the register again: a crash may have come between their transaction and their device's. */
async function restoreRegister(
  dataSource: DataSource,
  place: { site: string; realm: string },
): Promise<DeviceRegister> {
  const register = new DeviceRegister(await loadDevices(dataSource.manager, place));
  for (const { deviceId, declared, declaredAt } of await loadAssets(dataSource.manager, place)) {
    register.declare(deviceId, declared, declaredAt.getTime());
  }
  return register;
}

function resolversOf({ sensors }: DiscoveryConfig): Map<string, ResolverLog> {
  const logs = sensors.filter((one) => one.kind === 'dnsmasq-log');
  return new Map(logs.map((one) => [one.id, { sensor: identityOf(one), resolver: one.resolver }]));
}

function lineSensorsOf({ sensors }: DiscoveryConfig): Map<string, LineSensor> {
  const lineSensors = sensors.filter((one) => one.kind === 'zeek' || one.kind === 'eve');
  return new Map(
    lineSensors.map((one) => {
      const { resolvers, dhcpServers } = one;
      return [one.id, { sensor: identityOf(one), resolvers, dhcpServers }];
    }),
  );
}
