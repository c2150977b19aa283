import { describeDriver } from '#driver/conformance';
import { newTlsIdentity } from '../http/testing/tls-identity.client.js';
import { newIseFixture } from './testing/ise-fixture.client.js';

const identity = newTlsIdentity();
afterAll(() => identity.remove());

describeDriver('ise', () => newIseFixture(identity));
