import { describeDriver } from '#driver/conformance';
import { newTlsIdentity, type TlsIdentity } from '../http/testing/tls-identity.client.js';
import { packetfenceFixture } from './testing/packetfence-fixture.client.js';

let identity: TlsIdentity;
beforeAll(() => {
  identity = newTlsIdentity();
});
afterAll(() => identity.remove());

describeDriver('packetfence', () => packetfenceFixture(identity));
