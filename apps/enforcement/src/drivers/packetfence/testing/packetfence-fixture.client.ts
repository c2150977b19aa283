import {
  CT,
  MRI,
  SECRET,
  commonFields,
  nacFixture,
  secretFile,
  type NacFixture,
} from '../../http/testing/nac-fixture.client.js';
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
  const policy = {
    name: 'modality',
    rule: '1100099',
    role: 'lazaret',
    mode: 'vlan-bridged',
    quarantineVlan: 66,
    permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
  };
  const create = (url: string) =>
    createPacketFence(
      packetfencePointSchema.parse({
        kind: 'packetfence',
        ...commonFields(identity, url),
        user: 'lazaret',
        passwordFile: secretFile(identity),
        policies: [policy],
        ...changes,
      }),
    );
  return nacFixture(identity, model, create, [SECRET, 'token-']);
}
