import {
  CT,
  MRI,
  commonFields,
  nacFixture,
  secretFile,
  type NacFixture,
} from '../../http/testing/nac-fixture.client.js';
import type { TlsIdentity } from '../../http/testing/tls-identity.client.js';
import { mistPointSchema } from '../config.js';
import { createMist } from '../mist.driver.js';
import { MistModel, ORG, SITE } from './mist.model.js';

const TOKEN = 'CkJHnYwX7tQmist';

/** `changes`: to the configuration of the point. */
export async function mistFixture(
  identity: TlsIdentity,
  changes: Record<string, unknown> = {},
): Promise<NacFixture<MistModel>> {
  const model = new MistModel([MRI, CT]);
  model.token = TOKEN;
  const policy = {
    name: 'modality',
    label: 'lazaret',
    rule: 'lazaret',
    mode: 'vlan-bridged',
    quarantineVlan: 66,
    permits: [{ peerAddress: '10.20.0.10', transport: 'tcp', port: 104, opener: 'device' }],
  };
  const create = (url: string) =>
    createMist(
      mistPointSchema.parse({
        kind: 'mist',
        ...commonFields(identity, url),
        orgId: ORG,
        siteId: SITE,
        tokenFile: secretFile(identity, TOKEN),
        foreignLabels: ['soc-quarantine'],
        policies: [policy],
        ...changes,
      }),
    );
  return nacFixture(identity, model, create, [TOKEN]);
}
