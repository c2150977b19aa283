import { CT, MRI, SECRET, nacFixture, secretFile, type NacFixture } from '../../http/testing/nac-fixture.client.js';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import { forescoutPointSchema } from '../config.js';
import { createForescout } from '../forescout.driver.js';
import { ForescoutModel } from './forescout.model.js';

/** `changes`: to the configuration of the point. */
export async function forescoutFixture(
  identity: TlsIdentity,
  changes: Record<string, unknown> = {},
): Promise<NacFixture<ForescoutModel>> {
  const model = new ForescoutModel([MRI, CT]);
  model.password = SECRET;
  const passwordFile = secretFile(identity);
  const kind = {
    model,
    schema: forescoutPointSchema,
    create: createForescout,
    fields: {
      kind: 'forescout',
      dataExchange: { user: 'lazaret@lazaret', passwordFile },
      web: { user: 'lazaret-read', passwordFile },
      foreignProperties: ['PanwIoTQuarantine'],
    },
    policy: { property: 'lazaret_modality' },
    secrets: [SECRET, 'token-'],
  };
  return nacFixture(identity, kind, changes);
}
