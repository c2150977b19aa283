import { SessionTable } from './session-table.client.js';
import { SnmpClient } from './snmp.client.js';
import { Snmpsim, snmpsimPresent } from './testing/snmpsim.client.js';
import { recordingsPresent } from './testing/recording.client.js';
import type { SessionTableKind } from './wire/sessions/formats.js';
import { BASE_PORT_IF_INDEX } from './wire/oids.js';
import { Walk } from './wire/walk.js';

const possible = recordingsPresent && snmpsimPresent;
if (!possible) console.warn('skipped: no recordings in shared/data, or no snmpsim in .lazaret/python');

const TABLES: [SessionTableKind, string, number][] = [
  ['cisco', 'ios_nac', 5],
  ['procurve', 'procurve_nac', 2],
  ['aos-cx', 'arubaos-cx_nac', 1],
  ['huawei', 'vrp_nac', 35],
  ['dell', 'powerconnect_n2048-nac', 5],
];

(possible ? describe : describe.skip)('the session table of a switch, over SNMP from snmpsim', () => {
  let snmpsim: Snmpsim | undefined;
  beforeAll(async () => {
    snmpsim = await Snmpsim.start([...TABLES.map(([, name]) => name), 'iosxe_c3850', 'iosxe_c3850@100']);
  });
  afterAll(() => snmpsim?.stop());

  it.each(TABLES)('%s: all sessions, and those of one MAC with its port by name', async (kind, name, count) => {
    const table = new SessionTable(snmpsim!.connection(name), kind, { switch: 'sw-1', quarantineVlan: 312 });
    try {
      const rows = await table.rows();
      expect(rows).toHaveLength(count);
      const [session, ...others] = await table.read([rows[0]!.mac]);
      expect(others).toEqual([]);
      expect(session).toMatchObject({ mac: rows[0]!.mac, switch: 'sw-1', isolated: rows[0]!.vlan === 312 });
      expect(session!.port).toEqual(expect.stringMatching(/\d$/));
      expect(await table.read(['02:00:00:00:00:99'])).toEqual([]);
    } finally {
      table.close();
    }
  });

  it("a VLAN's own bridge table, which Cisco keeps behind community@VLAN", async () => {
    const client = new SnmpClient(snmpsim!.connection('iosxe_c3850'));
    const ports = async (from: SnmpClient) =>
      new Walk(await from.walk([BASE_PORT_IF_INDEX])).column(BASE_PORT_IF_INDEX);
    expect((await ports(client)).length).toBeGreaterThan(0);
    expect(await ports(client.inVlan(100))).toHaveLength(6);
    client.close();
  });
});
