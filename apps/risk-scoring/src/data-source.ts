import { messagingEntities } from '#messaging';
import type { Storage } from '#storage';
import { AssessmentEntity } from './assessments/assessment.entity.js';
import { ContextEntity } from './context/context.entity.js';
import { EvidenceEntity } from './evidence/evidence.entity.js';
import { RiskScoringTables1764000000001 } from './migrations/1764000000001-risk-scoring-tables.js';
import { SnapshotEntity } from './observations/snapshot.entity.js';

/** What risk-scoring keeps; its role is `lazaret_risk_scoring`. */
export const storage: Storage = {
  schema: 'risk_scoring',
  entities: [...messagingEntities, SnapshotEntity, ContextEntity, EvidenceEntity, AssessmentEntity],
  migrations: [RiskScoringTables1764000000001],
};
