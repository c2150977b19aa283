import { Contracts } from './contracts.js';

/** When each device was last released (ms): only what was observed later weighs. */
export class Releases {
  private readonly byDevice = new Map<string, number>();

  put(deviceId: string, at: number): void {
    this.byDevice.set(deviceId, Math.max(at, this.of(deviceId)));
  }

  of(deviceId: string): number {
    return this.byDevice.get(deviceId) ?? -Infinity;
  }
}

/** Trust domains as the sensors declare them. One sensor that anybody could speak for makes its whole domain weak. */
export class Domains {
  private readonly sensors = new Map<string, { trustDomain: string; authenticated: boolean }>();
  private weak = new Set<string>();

  put(sensorId: string, trustDomain: string, authenticated: boolean): void {
    this.sensors.set(sensorId, { trustDomain, authenticated });
    this.weak = new Set([...this.sensors.values()].filter((s) => !s.authenticated).map((s) => s.trustDomain));
  }

  isWeak(trustDomain: string): boolean {
    return this.weak.has(trustDomain);
  }
}

/** What other services said that bears on the weighing. Memory is a cache of the schema's `contexts`. */
export class Context {
  readonly contracts = new Contracts();
  readonly releases = new Releases();
  readonly domains = new Domains();
}
