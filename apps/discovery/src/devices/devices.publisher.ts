import { publishInTransaction } from '#messaging';
import type { Counters, Logger } from '#observability';
import { inTransaction } from '#storage';
import type { DataSource } from 'typeorm';
import { deviceChanged, deviceData, type Place } from './device-event.js';
import type { DeviceRegister } from './device-register.js';
import { saveDevice } from './devices.store.js';

export interface DevicesPublisherOptions {
  dataSource: DataSource;
  register: DeviceRegister;
  place: Place;
  counters: Counters;
  logger: Logger;
}

/** What changes together is stored together: a port's link and the sighting behind it come a few ms apart. */
const GATHER_MS = 2;
const RETRY_MS = 500;
const MAX_IN_TRANSACTION = 200;

/**
 * Stores devices that have changed and publishes those whose published content has, in one transaction by the outbox.
 * The register leads: while the database is away changes wait there, one entry a device, and are stored when it is back.
 */
export class DevicesPublisher {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private waiting = new Set<string>();
  private isStopped = false;

  constructor(private readonly options: DevicesPublisherOptions) {}

  /** To be called after anything that may have touched the register. */
  wake(): void {
    for (const id of this.options.register.takeTouched()) this.waiting.add(id);
    if (this.waiting.size > 0) this.schedule(GATHER_MS);
  }

  /** Stores what is waiting and returns when it is stored, or when the first try has failed. */
  async flush(): Promise<void> {
    this.wake();
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.working;
    await this.begin();
  }

  async stop(): Promise<void> {
    await this.flush();
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    if (this.timer || this.isStopped) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.begin();
    }, ms);
  }

  /** One transaction at a time, so that an older state never overtakes a newer one. */
  private begin(): Promise<void> {
    this.working ??= this.work().finally(() => (this.working = undefined));
    return this.working;
  }

  private async work(): Promise<void> {
    while (this.waiting.size > 0) {
      const ids = [...this.waiting].slice(0, MAX_IN_TRANSACTION);
      for (const id of ids) this.waiting.delete(id);
      try {
        await this.save(ids);
      } catch (err) {
        this.options.logger.warn({ err, devices: ids.length }, 'devices could not be stored');
        this.options.counters.add('device.store.failed');
        for (const id of ids) this.waiting.add(id);
        this.schedule(RETRY_MS);
        return;
      }
    }
  }

  private async save(ids: readonly string[]): Promise<void> {
    const { dataSource, register, place, counters } = this.options;
    const now = new Date();
    await inTransaction(dataSource, async (manager) => {
      // In one order everywhere, so that two transactions never wait for each other.
      for (const id of [...ids].sort()) {
        const device = register.get(id);
        if (!device) continue;
        const data = deviceData(device, place, register.ports);
        const revision = await saveDevice(manager, device, data, now);
        if (revision === null) continue;
        await publishInTransaction(manager, deviceChanged(data, revision, now));
        counters.add('device.published');
      }
    });
  }
}
