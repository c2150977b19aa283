import { CT, MRI, nacFixture, secretFile, type NacFixture } from '../../http/testing/nac-fixture.client.js';
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
  const kind = {
    model,
    schema: mistPointSchema,
    create: createMist,
    fields: {
      kind: 'mist',
      orgId: ORG,
      siteId: SITE,
      tokenFile: secretFile(identity, TOKEN),
      foreignLabels: ['soc-quarantine'],
    },
    policy: { label: 'lazaret', rule: 'lazaret' },
    secrets: [TOKEN],
  };
  return nacFixture(identity, kind, changes);
}
