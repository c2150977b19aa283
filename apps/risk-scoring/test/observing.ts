import {
  makeEvent,
  observationId,
  type Attempt,
  type ContractResolved,
  type NameLookUp,
  type Observation,
  type ObservationsReported,
} from '#events';
import { assess, type Assessment } from '../src/assessments/assessment.js';
import { Context, contractRow } from '../src/context/context.js';
import { ConfickerCalendar } from '../src/detectors/command/conficker/calendar.js';
import { confickerNames, DAY_MS } from '../src/detectors/command/conficker/generator.js';
import { Partition, type WeighedEvidence } from '../src/observations/partition.js';

export const MRI = '01993c0a-aaaa-7bbb-8000-00000000000a';
export const CT = '01993c0a-aaaa-7bbb-8000-00000000000c';
export const ARCHIVE = '01993c0a-aaaa-7bbb-8000-00000000000b';
/** The moment that the tests call second 0. */
export const START = Date.parse('2026-01-05T08:01:00.000Z');

let position = 0;

const common = (second: number) => ({
  observationId: observationId('test', position++),
  sensorId: 'ovs-1-ipfix',
  trustDomain: 'switch',
  authenticated: true,
  binding: 'bound' as const,
  at: new Date(START + second * 1000).toISOString(),
  receivedAt: new Date(START + second * 1000).toISOString(),
  localAddress: '10.10.0.11',
});

/** An attempt of the MRI: silent, at 445/tcp of an outside address, unless said. */
export function attempt(second: number, differences: Partial<Attempt> = {}): Attempt {
  return {
    ...common(second),
    kind: 'attempt',
    localPort: 50_000 + (position % 10_000),
    peerAddress: '172.20.5.5',
    peerDeviceId: null,
    peerInside: false,
    transport: 'tcp',
    port: 445,
    outcome: 'silent',
    ...differences,
  };
}

/** A look-up of the MRI that gets NXDOMAIN, reported by the resolver's log, unless said. */
export function lookUp(second: number, name: string, differences: Partial<NameLookUp> = {}): NameLookUp {
  return {
    ...common(second),
    sensorId: 'dns-1-log',
    trustDomain: 'dns',
    kind: 'name',
    localPort: 57_904,
    peerAddress: '10.20.0.53',
    transport: 'udp',
    port: 53,
    name,
    queryType: 'A',
    answer: 'nxdomain',
    resolverWell: true,
    ...differences,
  };
}

/** Names of the worm of the tests' day. */
export const wormNames = confickerNames('A', Math.floor(START / DAY_MS));

export function reported(deviceId: string, observations: Observation[]): ObservationsReported {
  const time = new Date(observations.at(-1)?.receivedAt ?? START);
  return makeEvent({
    type: 'lazaret.observations.reported',
    source: '/discovery',
    subject: deviceId,
    time,
    data: { deviceId, site: 'north', realm: 'default', observations },
  });
}

export function contract(
  deviceId: string,
  flows: Partial<ContractResolved['data']['flows'][number]>[],
): ContractResolved {
  return makeEvent({
    type: 'lazaret.contract.resolved',
    source: '/orchestrator',
    subject: deviceId,
    time: new Date(START),
    data: {
      deviceId,
      revision: 1,
      unresolved: [],
      flows: flows.map((flow, i) => ({
        flowId: `flow-${i}`,
        service: 'dicom-store',
        peerAddress: '10.20.0.10',
        peerDeviceId: ARCHIVE,
        transport: 'tcp',
        port: 104,
        opener: 'device',
        required: true,
        source: 'declared',
        resolvedFrom: 'ARCHIVE',
        resolvedBy: 'inventory',
        resolvedAt: new Date(START).toISOString(),
        ...flow,
      })),
    },
  });
}

/** A partition with everything around it, as a test drives it. */
export class Scene {
  readonly context = new Context();
  readonly evidence: WeighedEvidence[] = [];
  partition = new Partition(0);
  readonly surroundings = {
    context: this.context,
    calendar: new ConfickerCalendar(),
    siteSuffixes: ['ward.test'],
  };

  has(resolved: ContractResolved): void {
    this.context.take(contractRow(resolved));
  }

  sees(deviceId: string, ...observations: Observation[]): WeighedEvidence[] {
    const event = reported(deviceId, observations);
    const found = this.partition.apply(event, this.partition.nextOffset.toString(), this.surroundings);
    this.evidence.push(...found);
    return found;
  }

  assessment(deviceId: string, second: number): Assessment {
    const levels = Object.values(this.partition.devices.get(deviceId)?.levels ?? {});
    return assess(levels, START + second * 1000);
  }
}
