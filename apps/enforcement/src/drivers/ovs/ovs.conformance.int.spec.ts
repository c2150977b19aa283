import { describeDriver } from '#driver/conformance';
import { OvsFixture } from './testing/ovs-fixture.client.js';

describeDriver('ovs', () => OvsFixture.start());
