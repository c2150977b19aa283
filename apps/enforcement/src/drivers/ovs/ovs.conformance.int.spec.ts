import { describeEntries } from '#driver/conformance';
import { OvsFixture } from './testing/ovs-fixture.client.js';

describeEntries('ovs', () => OvsFixture.start());
