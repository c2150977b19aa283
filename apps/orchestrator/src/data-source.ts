import { messagingEntities } from '#messaging';
import type { Storage } from '#storage';
import { TokenEntity } from '#tokens';
import { ApprovalEntity } from './approval/approval.entity.js';
import { AuditEntity, AuditHeadEntity, QuarantineEventEntity } from './audit/audit.entity.js';
import { ContractEntity, ContractFlowEntity } from './contract/contract.entity.js';
import { InventoryEntity } from './contract/inventory.entity.js';
import { AssessmentEntity } from './intake/assessment.entity.js';
import { ConversationDailyEntity } from './intake/conversation.entity.js';
import { DrillEntity } from './drills/drill.entity.js';
import { DeviceEntity } from './intake/device.entity.js';
import { PointEntity } from './intake/point.entity.js';
import { SensorEntity } from './intake/sensor.entity.js';
import { LimitEntity } from './limits/limit.entity.js';
import { OrchestratorTables1764000000001 } from './migrations/1764000000001-orchestrator-tables.js';
import { OrchestratorTokens1764000000002 } from './migrations/1764000000002-orchestrator-tokens.js';
import { OrchestratorWebhooks1764000000003 } from './migrations/1764000000003-orchestrator-webhooks.js';
import { WebhookDeliveryEntity, WebhookSubscriptionEntity } from './notify/webhooks/webhook.entity.js';
import { OrchestratorPoints1764000000004 } from './migrations/1764000000004-orchestrator-points.js';
import { PolicyEntity } from './policy/policy.entity.js';
import { ConditionEntity, QuarantineInterfaceEntity } from './quarantine/condition.entity.js';
import { GenerationEntity, QuarantineEntity } from './quarantine/quarantine.entity.js';
import { SettingsEntity } from './quarantine/settings.entity.js';
import { HoldEntity, PreviewEntity, WantedEntity } from './wanted/wanted.entity.js';

/** What the orchestrator keeps; its role is `lazaret_orchestrator`. */
export const storage: Storage = {
  schema: 'orchestrator',
  entities: [
    ...messagingEntities,
    InventoryEntity,
    DeviceEntity,
    ContractEntity,
    ContractFlowEntity,
    AssessmentEntity,
    ConversationDailyEntity,
    SensorEntity,
    GenerationEntity,
    QuarantineEntity,
    QuarantineInterfaceEntity,
    ConditionEntity,
    ApprovalEntity,
    PreviewEntity,
    WantedEntity,
    HoldEntity,
    LimitEntity,
    SettingsEntity,
    PolicyEntity,
    AuditEntity,
    AuditHeadEntity,
    QuarantineEventEntity,
    TokenEntity,
    WebhookSubscriptionEntity,
    WebhookDeliveryEntity,
    PointEntity,
    DrillEntity,
  ],
  migrations: [
    OrchestratorTables1764000000001,
    OrchestratorTokens1764000000002,
    OrchestratorWebhooks1764000000003,
    OrchestratorPoints1764000000004,
  ],
};
