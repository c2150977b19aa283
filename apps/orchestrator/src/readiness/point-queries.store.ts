import type { DataSource } from 'typeorm';
import type { DeviceFilter, Page } from '../commands.js';
import { readDrill } from '../drills/drill.store.js';
import { allPoints, listPoints, readPoint } from '../intake/point.store.js';
import { readSensors } from '../intake/sensor.store.js';
import { defaultTerms, type PolicyInForce } from '../policy/policy.js';
import { listDevices } from '../quarantine/device-view.store.js';
import { PointQueries } from '../queries.js';
import { deviceReadiness } from './device-readiness.js';
import { pointReadiness } from './point-readiness.js';

/** What people read of points and of readiness, from the orchestrator's own tables. */
export class StoredPointQueries extends PointQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inForce: PolicyInForce,
  ) {
    super();
  }

  override points(page: Page) {
    return listPoints(this.dataSource.manager, page, new Date());
  }

  override point(pointId: string) {
    return readPoint(this.dataSource.manager, pointId, new Date());
  }

  override drill(drillId: string) {
    return readDrill(this.dataSource.manager, drillId, new Date());
  }

  override async readiness(filter: Pick<DeviceFilter, 'site' | 'ward'>, page: Page) {
    const { manager } = this.dataSource;
    const { policy } = this.inForce;
    const now = new Date();
    const [points, sensors, devices] = await Promise.all([
      allPoints(manager, now),
      readSensors(manager),
      listDevices(manager, policy, filter, page),
    ]);
    const site = { points, sensors, terms: { ...defaultTerms, ...given(policy.defaults) }, now };
    return {
      points: points.map(pointReadiness),
      items: devices.items.map((device) => deviceReadiness(device, site)),
      next: devices.next,
    };
  }
}

/** A term that the policy leaves out has the default's value. */
function given<T extends object>(terms: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
