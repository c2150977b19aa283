import type { DataSource } from 'typeorm';
import { readAudit } from './audit/audit.store.js';
import type { DeviceFilter, Page, QuarantineFilter } from './commands.js';
import { readSensors } from './intake/sensor.store.js';
import { readLimits } from './limits/limit.store.js';
import { readPolicyView } from './policy/policy.store.js';
import type { PolicyInForce } from './policy/policy.js';
import { listDevices, readDeviceView } from './quarantine/device-view.store.js';
import {
  listQuarantines,
  readEvents,
  readQuarantineView,
  readTimeline,
  readUndo,
} from './quarantine/quarantine-view.store.js';
import { DeviceQueries, QuarantineQueries, RuleQueries } from './queries.js';
import { readKillSwitch } from './wanted/stop.store.js';

/** The queries of queries.ts on PostgreSQL. They only read, each in statements of their own. */
export class StoredDeviceQueries extends DeviceQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inForce: PolicyInForce,
  ) {
    super();
  }

  override devices(filter: DeviceFilter, page: Page) {
    return listDevices(this.dataSource.manager, this.inForce.policy, filter, page);
  }

  override device(deviceId: string) {
    return readDeviceView(this.dataSource.manager, this.inForce.policy, deviceId);
  }

  override sensors() {
    return readSensors(this.dataSource.manager);
  }
}

export class StoredQuarantineQueries extends QuarantineQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inForce: PolicyInForce,
  ) {
    super();
  }

  override quarantines(filter: QuarantineFilter, page: Page) {
    return listQuarantines(this.dataSource.manager, filter, page);
  }

  override quarantine(quarantineId: string) {
    return readQuarantineView(this.dataSource.manager, this.inForce, quarantineId, new Date());
  }

  override timeline(quarantineId: string) {
    return readTimeline(this.dataSource.manager, quarantineId);
  }

  override undo(quarantineId: string) {
    return readUndo(this.dataSource.manager, quarantineId);
  }

  override events(afterSeq: number, limit: number) {
    return readEvents(this.dataSource.manager, afterSeq, limit);
  }
}

export class StoredRuleQueries extends RuleQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly inForce: PolicyInForce,
  ) {
    super();
  }

  override policy() {
    return readPolicyView(this.dataSource.manager, this.inForce.version);
  }

  override limits() {
    return readLimits(this.dataSource.manager, new Date());
  }

  override killSwitch() {
    return readKillSwitch(this.dataSource.manager);
  }

  override audit(afterSeq: number, limit: number) {
    return readAudit(this.dataSource.manager, afterSeq, limit);
  }
}
