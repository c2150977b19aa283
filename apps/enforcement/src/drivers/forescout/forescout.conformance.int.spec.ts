import { describeDriver } from '#driver/conformance';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { forescoutFixture } from './testing/forescout-fixture.client.js';

let identity: TlsIdentity;
beforeAll(() => {
  identity = newTlsIdentity();
});
afterAll(() => identity.remove());

describeDriver('forescout', () => forescoutFixture(identity));
