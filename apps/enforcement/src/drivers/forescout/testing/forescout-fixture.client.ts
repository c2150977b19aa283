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
  const policy = {
    name: 'modality',
    property: 'lazaret_modality',
    mode: 'vlan-bridged',
    quarantineVlan: 66,
    permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
  };
  const passwordFile = secretFile(identity);
  const create = (url: string) =>
    createForescout(
      forescoutPointSchema.parse({
        kind: 'forescout',
        ...commonFields(identity, url),
        dataExchange: { user: 'lazaret@lazaret', passwordFile },
        web: { user: 'lazaret-read', passwordFile },
        foreignProperties: ['PanwIoTQuarantine'],
        policies: [policy],
        ...changes,
      }),
    );
  return nacFixture(identity, model, create, [SECRET, 'token-']);
}
