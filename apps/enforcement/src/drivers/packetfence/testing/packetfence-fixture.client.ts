import { CT, MRI, SECRET, nacFixture, secretFile, type NacFixture } from '../../http/testing/nac-fixture.client.js';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import { packetfencePointSchema } from '../config.js';
import { createPacketFence } from '../packetfence.driver.js';
import { PacketFenceModel } from './packetfence.model.js';

/** `changes`: to the configuration of the point. */
export async function packetfenceFixture(
  identity: TlsIdentity,
  changes: Record<string, unknown> = {},
): Promise<NacFixture<PacketFenceModel>> {
  const model = new PacketFenceModel([MRI, CT]);
  model.password = SECRET;
  const kind = {
    model,
    schema: packetfencePointSchema,
    create: createPacketFence,
    fields: { kind: 'packetfence', user: 'lazaret', passwordFile: secretFile(identity) },
    policy: { rule: '1100099', role: 'lazaret' },
    secrets: [SECRET, 'token-'],
  };
  return nacFixture(identity, kind, changes);
}
