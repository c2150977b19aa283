import { FlowCollector, type CollectorOptions } from '../flows/collector.sensor.js';
import { portNames } from '../flows/interfaces.js';
import { flowsOf } from '../flows/meaning.js';
import type { SequenceTracker } from '../flows/sequence.js';
import { SflowReader } from './sflow-reader.js';

export interface SflowSensorOptions extends Omit<
  CollectorOptions,
  'reader' | 'meaning' | 'prompt' | 'templatesChanged'
> {
  /** The enforcement point that exports; null: another switch, whose ports are none of ours. */
  pointId: string | null;
  interfaces: Readonly<Record<string, string>>;
  showsAnswers: boolean;
  sequences: SequenceTracker;
}

/** Collects sampled frames. Each is told as it passes, so that its record is one segment and its time is ours. */
export function sflowSensor(options: SflowSensorOptions): FlowCollector {
  const { pointId, interfaces, showsAnswers, sequences, ...rest } = options;
  const sensorId = rest.health.identity.id;
  const portOf = portNames(pointId, interfaces, () => null);
  const place = { sensorId, pointId: pointId ?? sensorId, portOf, showsAnswers };
  const reader = new SflowReader(sequences);
  return new FlowCollector({ ...rest, reader, meaning: (record) => flowsOf(record, place), prompt: false });
}
