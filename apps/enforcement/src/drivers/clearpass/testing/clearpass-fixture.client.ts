import { CT, MRI, SECRET, nacFixture, secretFile, type NacFixture } from '../../http/testing/nac-fixture.client.js';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import { clearpassPointSchema } from '../config.js';
import { createClearPass } from '../clearpass.driver.js';
import { ClearPassModel } from './clearpass.model.js';

export const byCoa = { by: 'coa', homeProfiles: ['Lazaret Release'] };

/** `changes`: to the configuration of the point. */
export async function clearpassFixture(
  identity: TlsIdentity,
  changes: Record<string, unknown> = {},
): Promise<NacFixture<ClearPassModel>> {
  const model = new ClearPassModel([MRI, CT]);
  model.secret = SECRET;
  const kind = {
    model,
    schema: clearpassPointSchema,
    create: createClearPass,
    fields: { kind: 'clearpass', clientId: 'lazaret', clientSecretFile: secretFile(identity) },
    policy: { roles: ['Lazaret-Modality'], enforcementProfiles: ['Lazaret Isolate'] },
    secrets: [SECRET, 'token-'],
  };
  return nacFixture(identity, kind, changes);
}
