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
import { createClearPass } from '../clearpass.driver.js';
import { clearpassPointSchema } from '../config.js';
import { ClearPassModel } from './clearpass.model.js';

export const byCoa = { by: 'coa', homeProfiles: ['Lazaret Release'] };

/** `changes`: to the configuration of the point. */
export async function clearpassFixture(
  identity: TlsIdentity,
  changes: Record<string, unknown> = {},
): Promise<NacFixture<ClearPassModel>> {
  const model = new ClearPassModel([MRI, CT]);
  model.secret = SECRET;
  const policy = {
    name: 'modality',
    roles: ['Lazaret-Modality'],
    enforcementProfiles: ['Lazaret Isolate'],
    mode: 'vlan-bridged',
    quarantineVlan: 66,
    permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
  };
  const create = (url: string) =>
    createClearPass(
      clearpassPointSchema.parse({
        kind: 'clearpass',
        ...commonFields(identity, url),
        clientId: 'lazaret',
        clientSecretFile: secretFile(identity),
        policies: [policy],
        ...changes,
      }),
    );
  return nacFixture(identity, model, create, [SECRET, 'token-']);
}
