import { FlowCollector, type CollectorOptions } from '../flows/collector.sensor.js';
import { ExportReader } from '../flows/export-reader.js';
import { LEFT_OUT } from '../flows/meaning.js';
import type { SequenceTracker } from '../flows/sequence.js';
import type { TemplateStore } from '../flows/template-store.js';
import { decodeMessage } from './message.js';
import { flowOf } from './open-vswitch.js';

export interface IpfixSensorOptions extends Omit<CollectorOptions, 'reader' | 'meaning' | 'prompt'> {
  pointId: string;
  templates: TemplateStore;
  sequences: SequenceTracker;
}

/** Collects what an Open vSwitch of ours exports, whose domains and points have meanings by agreement. */
export function ipfixSensor({ pointId, templates, sequences, ...options }: IpfixSensorOptions): FlowCollector {
  const sensorId = options.health.identity.id;
  const reader = new ExportReader({
    decoders: { 10: decodeMessage },
    templatesOf: (address) => address,
    templates,
    sequences,
  });
  return new FlowCollector({
    ...options,
    reader,
    meaning: (record) => {
      const flow = flowOf(record, sensorId, pointId);
      return flow ? [flow] : LEFT_OUT.otherPoint;
    },
    prompt: true,
  });
}
