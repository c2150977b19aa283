import { messagingEntities } from '#messaging';
import type { Storage } from '#storage';
import { AttemptEntity, DriftEntity, FenceEntity, LeaseEntity, UndoSheetEntity } from './apply/attempt.entity.js';
import { EnforcementTables1764000000001 } from './migrations/1764000000001-enforcement-tables.js';
import { PointDrillEntity } from './drill/drill.entity.js';
import { Sessions1764000000002 } from './migrations/1764000000002-sessions.js';
import { Points1764000000003 } from './migrations/1764000000003-points.js';
import { PlanEntity } from './plan/plan.entity.js';
import { PointProfileEntity, PointReporterEntity } from './points/point.entity.js';
import { ObserverEntity, ProofEntity } from './prove/proof.entity.js';
import { LocationEntity, LocationInterfaceEntity } from './read/location.entity.js';
import { InterfaceStateEntity, IsolationEntity } from './seen/seen.entity.js';
import { DeviceNumberEntity, WantedEntity } from './wanted/wanted.entity.js';

/** What enforcement keeps; its role is `lazaret_enforcement`. */
export const storage: Storage = {
  schema: 'enforcement',
  entities: [
    ...messagingEntities,
    WantedEntity,
    DeviceNumberEntity,
    PlanEntity,
    LocationEntity,
    LocationInterfaceEntity,
    AttemptEntity,
    LeaseEntity,
    FenceEntity,
    UndoSheetEntity,
    DriftEntity,
    IsolationEntity,
    InterfaceStateEntity,
    ProofEntity,
    ObserverEntity,
    PointProfileEntity,
    PointReporterEntity,
    PointDrillEntity,
  ],
  migrations: [EnforcementTables1764000000001, Sessions1764000000002, Points1764000000003],
};
