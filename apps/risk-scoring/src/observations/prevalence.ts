const DAY_MS = 24 * 3600 * 1000;
const MOST_DESTINATIONS = 16_384;
/** A destination of so many devices is common in any hospital: who else goes there need not be remembered. */
const MOST_DEVICES = 32;
/** Of fewer devices nobody can say what one in ten of them does. */
const SMALLEST_POPULATION = 10;

export interface StoredPrevalence {
  population: [string, number][];
  destinations: [string, [string, number][]][];
}

/**
 * Which part of this partition's devices has reached a destination within 24 h. What a whole fleet talks to is a clock or
 * an update, not one intruder's server. Bounded: the destination that was added longest ago is forgotten first.
 */
export class Prevalence {
  private readonly population: Map<string, number>;
  private readonly destinations: Map<string, Map<string, number>>;

  constructor({ population, destinations }: StoredPrevalence = { population: [], destinations: [] }) {
    this.population = new Map(population);
    this.destinations = new Map(destinations.map(([destination, devices]) => [destination, new Map(devices)]));
  }

  note(deviceId: string, destination: string, at: number): void {
    renew(this.population, deviceId, at);
    const devices = this.destinations.get(destination) ?? new Map<string, number>();
    if (devices.has(deviceId) || devices.size < MOST_DEVICES) renew(devices, deviceId, at);
    this.destinations.set(destination, devices);
    if (this.destinations.size > MOST_DESTINATIONS)
      this.destinations.delete(this.destinations.keys().next().value as string);
  }

  /** 0 to 1; null: too few devices to say. */
  of(destination: string, at: number): number | null {
    const population = recent(this.population, at);
    if (population < SMALLEST_POPULATION) return null;
    const devices = this.destinations.get(destination);
    if (!devices) return 0;
    return devices.size >= MOST_DEVICES ? 1 : recent(devices, at) / population;
  }

  forgetBefore(now: number): void {
    forget(this.population, now);
    for (const [destination, devices] of this.destinations) {
      forget(devices, now);
      if (devices.size === 0) this.destinations.delete(destination);
    }
  }

  stored(): StoredPrevalence {
    return {
      population: [...this.population],
      destinations: [...this.destinations].map(([destination, devices]) => [destination, [...devices]]),
    };
  }
}

/** Moves it to the end: who was seen longest ago stands first. */
function renew(seen: Map<string, number>, key: string, at: number): void {
  const newest = Math.max(at, seen.get(key) ?? at);
  seen.delete(key);
  seen.set(key, newest);
}

/** Looks at those only that are too old; they are forgotten soon. */
function recent(seen: ReadonlyMap<string, number>, at: number): number {
  let old = 0;
  for (const last of seen.values()) {
    if (at - last < DAY_MS) break;
    old++;
  }
  return seen.size - old;
}

function forget(seen: Map<string, number>, now: number): void {
  for (const [key, at] of seen) if (now - at >= DAY_MS) seen.delete(key);
}
