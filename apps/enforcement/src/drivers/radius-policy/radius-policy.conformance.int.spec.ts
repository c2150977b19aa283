import { describeDriver } from '#driver/conformance';
import { freeTcpPort } from '../testing/free-port.client.js';
import { PrivateFreeradius } from './testing/freeradius.client.js';
import { RadiusPolicyFixture } from './testing/radius-policy-fixture.client.js';

const TOKEN = 'conformance-token';
let radius: PrivateFreeradius | null = null;
let endpoint = 0;

beforeAll(async () => {
  endpoint = await freeTcpPort();
  radius = await PrivateFreeradius.start(endpoint, TOKEN);
});

afterAll(() => radius?.stop());

describeDriver('radius-policy', () => {
  if (!radius) throw new Error('FreeRADIUS did not start');
  return RadiusPolicyFixture.start(radius, endpoint, TOKEN);
});
