import { describeDriver } from '#driver/conformance';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { byCoa, clearpassFixture } from './testing/clearpass-fixture.client.js';

let identity: TlsIdentity;
beforeAll(() => {
  identity = newTlsIdentity();
});
afterAll(() => identity.remove());

describeDriver('clearpass, which disconnects', () => clearpassFixture(identity));
describeDriver('clearpass, which changes authorizations', () => clearpassFixture(identity, { renew: byCoa }));
