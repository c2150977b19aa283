import { describeDriver } from '#driver/conformance';
import { ct, mri } from './testing/points.js';
import { FreeRadiusNas } from './testing/free-radius-nas.client.js';
import { rolesFixture, SECRET, SESSION_IDS, standInFixture } from './testing/nas-fixture.client.js';

describeDriver('radius, which renews sessions of our stand-in', () => standInFixture());

describe('with FreeRADIUS as a switch', () => {
  let nas: FreeRadiusNas;

  beforeAll(async () => {
    nas = await FreeRadiusNas.start(
      SECRET,
      [mri, ct].map(({ mac }) => ({ mac, sessionId: SESSION_IDS[mac]! })),
      false,
    );
  });

  afterAll(() => nas.stop());

  describeDriver('radius, whose CoA carries a role', () => rolesFixture(nas));
});
