import { z } from 'zod';
import { cloudEvent } from '../cloud-event.js';
import {
  ADDRESSINGS,
  CRITICALITIES,
  OPENERS,
  PEER_KINDS,
  SERVICES,
  TRANSPORTS,
  address,
  id,
  mac,
  port,
  word,
} from '../words.js';

/** A clinical flow as people declare it: the peer is a name still (AE title, asset, host name or address). */
export const declaredFlow = z.object({
  service: word(SERVICES),
  peer: z.string().min(1).max(255),
  peerKind: word(PEER_KINDS),
  transport: word(TRANSPORTS),
  port,
  opener: word(OPENERS),
  required: z.boolean(),
});

export const declaredInterface = z.object({ mac, addressing: word(ADDRESSINGS), address: address.nullable() });

/** What people declared about one asset. Key: site/asset. `removed`: the asset left the inventory. */
export const inventoryDeclared = cloudEvent(
  'lazaret.inventory.declared',
  z.object({
    site: id,
    realm: id,
    asset: id,
    name: z.string().min(1).max(255),
    modality: z.string().max(16),
    criticality: word(CRITICALITIES),
    ward: z.string().max(255),
    aeTitles: z.array(z.string().min(1).max(16)),
    infrastructure: z.boolean(),
    declaredBy: z.string(),
    importId: id,
    removed: z.boolean(),
    interfaces: z.array(declaredInterface),
    flows: z.array(declaredFlow),
  }),
);
export type InventoryDeclared = z.infer<typeof inventoryDeclared>;
export type DeclaredFlow = z.infer<typeof declaredFlow>;
