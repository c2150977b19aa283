import { describeDriver } from '#driver/conformance';
import { qbridgeSeed, type SeedPort } from './testing/seed.js';
import {
  HOME,
  newFixture,
  OTHER,
  QUARANTINE,
  SIBLING,
  SUBJECT,
  type FixtureKind,
} from './testing/snmp-fixture.client.js';
import { Snmpd } from './testing/snmpd.client.js';

const mac = (number: number): string => `02:00:00:00:00:${String(number).padStart(2, '0')}`;
const ports: SeedPort[] = [
  ...[1, 2, 5, 6, 7, 8, 9, 10].map((number) => ({ number, vlan: number < 7 ? HOME : OTHER, macs: [mac(number)] })),
  { ...SUBJECT, vlan: HOME, macs: [SUBJECT.mac] },
  { ...SIBLING, vlan: HOME, macs: [SIBLING.mac] },
  { number: 12, vlan: 1, macs: [], tagged: [HOME, OTHER, QUARANTINE] },
].sort((one, other) => one.number - other.number);
const vlans = [1, HOME, OTHER, QUARANTINE];

const KINDS: [string, FixtureKind][] = [
  [
    'snmp (Q-BRIDGE, SNMPv3 SHA-256 and AES-128)',
    {
      model: 'qbridge',
      order: 'standard',
      seed: qbridgeSeed({ ports, vlans, order: 'standard' }),
      connection: (snmpd, port) => snmpd.v3('sha256aes', port),
    },
  ],
  [
    'snmp (Q-BRIDGE with mirrored port lists, SNMPv2c)',
    {
      model: 'qbridge',
      order: 'mirrored',
      seed: qbridgeSeed({ ports, vlans, order: 'mirrored' }),
      connection: (snmpd, port) => snmpd.v2c(port),
    },
  ],
];

for (const [name, kind] of KINDS) {
  let snmpd: Snmpd | undefined;
  describe('against snmpd', () => {
    beforeAll(async () => {
      snmpd = await Snmpd.start(kind.seed);
    });
    afterAll(() => snmpd?.stop());
    describeDriver(name, () => newFixture(snmpd!, kind));
  });
}
