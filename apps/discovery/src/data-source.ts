import { messagingEntities } from '#messaging';
import type { Storage } from '#storage';
import { AttachmentEntity } from './attachments/attachment.entity.js';
import { ConversationEntity } from './conversations/conversation.entity.js';
import { AddressEntity, AssetEntity, DeviceEntity, InterfaceEntity } from './devices/device.entity.js';
import { DiscoveryTables1764000000001 } from './migrations/1764000000001-discovery-tables.js';
import { TemplateEntity } from './sensors/flows/template.entity.js';
import { SequenceEntity } from './sensors/sequence.entity.js';

/** What discovery keeps; its role is `lazaret_discovery`. */
export const storage: Storage = {
  schema: 'discovery',
  entities: [
    ...messagingEntities,
    TemplateEntity,
    SequenceEntity,
    AssetEntity,
    DeviceEntity,
    InterfaceEntity,
    AddressEntity,
    AttachmentEntity,
    ConversationEntity,
  ],
  migrations: [DiscoveryTables1764000000001],
};
