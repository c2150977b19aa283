import { FlowCollector, type CollectorOptions } from '../flows/collector.sensor.js';
import { ExportReader, type Decoder } from '../flows/export-reader.js';
import { portNames } from '../flows/interfaces.js';
import { flowsOf } from '../flows/meaning.js';
import type { SequenceTracker } from '../flows/sequence.js';
import type { TemplateStore } from '../flows/template-store.js';
import { decodeMessage } from '../ipfix/message.js';
import { decodeV5 } from './v5.js';
import { decodeV9 } from './v9.js';

export interface NetflowSensorOptions extends Omit<CollectorOptions, 'reader' | 'meaning' | 'prompt'> {
  /** The enforcement point that exports; null: a router or a probe. */
  pointId: string | null;
  interfaces: Readonly<Record<string, string>>;
  showsAnswers: boolean;
  templates: TemplateStore;
  sequences: SequenceTracker;
}

/** What routers, firewalls and probes send to one port: each datagram says its version. */
export const NETFLOW_DECODERS: Readonly<Partial<Record<number, Decoder>>> = {
  5: decodeV5,
  9: decodeV9,
  10: decodeMessage,
};
const TEMPLATE_VERSIONS = [9, 10];

/** Under which names the templates of these exporters are stored. */
export function templateNames(sensorId: string, exporters: readonly string[]): string[] {
  return exporters.flatMap((address) => TEMPLATE_VERSIONS.map((version) => templateName(sensorId, address, version)));
}

export function netflowSensor(options: NetflowSensorOptions): FlowCollector {
  const { pointId, interfaces, showsAnswers, templates, sequences, ...rest } = options;
  const sensorId = rest.health.identity.id;
  const reader = new ExportReader({
    decoders: NETFLOW_DECODERS,
    templatesOf: (address, version) => templateName(sensorId, address, version),
    templates,
    sequences,
  });
  const portOf = portNames(pointId, interfaces, ({ exporter, domain }, index) =>
    reader.interfaceName(exporter, domain, index),
  );
  const place = { sensorId, pointId: pointId ?? sensorId, portOf, showsAnswers };
  return new FlowCollector({ ...rest, reader, meaning: (record) => flowsOf(record, place), prompt: false });
}

function templateName(sensorId: string, address: string, version: number): string {
  return `${sensorId}|${address}|${version}`;
}
