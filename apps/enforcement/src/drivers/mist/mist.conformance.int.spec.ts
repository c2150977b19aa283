import { describeDriver } from '#driver/conformance';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { mistFixture } from './testing/mist-fixture.client.js';

let identity: TlsIdentity;
beforeAll(() => {
  identity = newTlsIdentity();
});
afterAll(() => identity.remove());

describeDriver('mist', () => mistFixture(identity));
