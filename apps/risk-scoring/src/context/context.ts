import type { ContractResolved, SensorReported } from '#events';
import { NEEDS, type Need } from '../detectors/detector.js';
import { Contracts, type ContractFlow } from './contracts.js';

export const CONTEXT = { contract: 'contract', sensor: 'sensor', release: 'release' } as const;
export type ContextKind = (typeof CONTEXT)[keyof typeof CONTEXT];

/** A context as it is stored: `body` is JSON text whose shape follows from the kind. */
export interface ContextRow {
  kind: ContextKind;
  /** The device's or the sensor's id. */
  key: string;
  body: string;
}

interface SensorContext {
  trustDomain: string;
  authenticated: boolean;
  lacks?: readonly Need[];
}

/** The words among a sensor's problems that say what its flows can't show. */
const LACKS: Record<Need, string> = { 'every-flow': 'sampled-flows', 'both-ways': 'one-way-flows' };

export function contractRow({ data }: ContractResolved): ContextRow {
  const flows = data.flows.map(({ opener, peerAddress, transport, port }): ContractFlow => ({
    opener,
    peerAddress,
    transport,
    port,
  }));
  return { kind: CONTEXT.contract, key: data.deviceId, body: JSON.stringify(flows) };
}

export function sensorRow({ data }: SensorReported): ContextRow {
  const lacks = NEEDS.filter((need) => data.problems.includes(LACKS[need]));
  const body: SensorContext = { trustDomain: data.trustDomain, authenticated: data.authenticated, lacks };
  return { kind: CONTEXT.sensor, key: data.sensorId, body: JSON.stringify(body) };
}

/** `at`: when the device was released, ms. */
export function releaseRow(deviceId: string, at: number): ContextRow {
  return { kind: CONTEXT.release, key: deviceId, body: JSON.stringify(at) };
}

/** What other services said that bears on the weighing. Memory is a cache of the schema's `contexts`. */
export class Context {
  readonly contracts = new Contracts();
  private readonly releases = new Map<string, number>();
  private readonly sensors = new Map<string, SensorContext>();
  private weakDomains: ReadonlySet<string> = new Set();

  take({ kind, key, body }: ContextRow): void {
    switch (kind) {
      case CONTEXT.contract:
        return this.contracts.put(key, JSON.parse(body) as ContractFlow[]);
      case CONTEXT.sensor:
        return this.putSensor(key, JSON.parse(body) as SensorContext);
      case CONTEXT.release:
        this.releases.set(key, Math.max(JSON.parse(body) as number, this.releases.get(key) ?? -Infinity));
        return;
    }
  }

  /** When the device was last released (ms): only what was observed later weighs. null: never. */
  releasedAt(deviceId: string): number | null {
    return this.releases.get(deviceId) ?? null;
  }

  /** Whether anybody could speak for one of the domain's sensors. That makes the whole domain weak. */
  isWeak(trustDomain: string): boolean {
    return this.weakDomains.has(trustDomain);
  }

  /** What a sensor's flows can't show. */
  lacksOf(sensorId: string): readonly Need[] {
    return this.sensors.get(sensorId)?.lacks ?? [];
  }

  private putSensor(sensorId: string, sensor: SensorContext): void {
    this.sensors.set(sensorId, sensor);
    const open = [...this.sensors.values()].filter(({ authenticated }) => !authenticated);
    this.weakDomains = new Set(open.map(({ trustDomain }) => trustDomain));
  }
}
