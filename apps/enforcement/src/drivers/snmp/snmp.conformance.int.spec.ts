import { describeDriver } from '#driver/conformance';
import { ciscoSeed, qbridgeSeed, type SeedPort } from './testing/seed.js';
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
const access = ports.filter(({ vlan }) => vlan === HOME);
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
    'snmp (Cisco vmVlan, SNMPv2c, filtering tables behind community@VLAN)',
    {
      model: 'cisco-vmvlan',
      order: 'standard',
      seed: ciscoSeed(access, vlans),
      connection: (snmpd, port) => snmpd.v2c(port),
    },
  ],
];

for (const [name, kind] of KINDS) {
  const agents: Snmpd[] = [];
  const start = async (...how: Parameters<typeof Snmpd.start>): Promise<Snmpd> => {
    const agent = await Snmpd.start(...how);
    agents.push(agent);
    return agent;
  };
  describe('against snmpd', () => {
    let snmpd: Snmpd;
    beforeAll(async () => {
      if (kind.model !== 'cisco-vmvlan') {
        snmpd = await start(kind.seed);
        return;
      }
      const learned = await start(kind.seed);
      const empty = await start(
        ciscoSeed(
          access.map((port) => ({ ...port, macs: [] })),
          vlans,
        ),
      );
      snmpd = await start(kind.seed, { [HOME]: learned, [QUARANTINE]: learned, [OTHER]: empty, 1: empty });
    });
    afterAll(() => Promise.all(agents.map((agent) => agent.stop())));
    describeDriver(name, () => newFixture(snmpd, kind));
  });
}
