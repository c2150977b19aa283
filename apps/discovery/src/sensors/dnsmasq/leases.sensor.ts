import { readFileSync, statSync } from 'node:fs';
import { PROBLEMS, type SensorHealth } from '../sensor-health.js';
import { parseLeases, type Lease } from './leases.js';

export interface LeasesOptions {
  file: string;
  health: SensorHealth;
  /** Called with every lease when the file has changed. */
  heard: (leases: Lease[]) => void;
}

const POLL_MS = 500;
/** A larger file is not dnsmasq's. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads dnsmasq's lease file whenever it has changed. dnsmasq rewrites it whole, so it is read whole. */
export class LeasesSensor {
  private lastSeen = '';
  private poll: NodeJS.Timeout | undefined;

  constructor(private readonly options: LeasesOptions) {}

  start(): void {
    this.look();
    this.poll = setInterval(() => this.look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.poll);
  }

  private look(): void {
    const { file, health } = this.options;
    const now = Date.now();
    try {
      const { ino, mtimeMs, size } = statSync(file);
      health.set(PROBLEMS.fileMissing, false);
      health.keptAlive(now);
      const seen = `${ino} ${mtimeMs} ${size}`;
      if (seen === this.lastSeen) return;
      this.lastSeen = seen;
      if (size > MAX_BYTES) return health.refused('too-long-file');
      const { leases, refused } = parseLeases(readFileSync(file, 'latin1'));
      for (let count = 0; count < refused; count += 1) health.refused('bad-lease');
      health.record(now, now, false);
      this.options.heard(leases);
    } catch {
      health.set(PROBLEMS.fileMissing, true);
    }
  }
}
