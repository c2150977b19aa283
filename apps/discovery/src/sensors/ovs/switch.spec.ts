import { readFileSync } from 'node:fs';
import type { TableUpdates, Row, Value } from '#ovsdb';
import { parseForwardingTable } from './forwarding-table.js';
import { SwitchDatabase } from './ports.js';

const testdata = (name: string): string => readFileSync(new URL(`./testdata/${name}`, import.meta.url), 'utf8');

/** Rows as `ovsdb-client -f json dump` printed them, in the shape of a monitor's update. */
function dumped(table: string, file: string): TableUpdates {
  const { headings, data } = JSON.parse(testdata(file)) as { headings: string[]; data: Value[][] };
  const rows = data.map((values): Row => Object.fromEntries(headings.map((name, i) => [name, values[i] as Value])));
  return { [table]: Object.fromEntries(rows.map((row) => [(row['_uuid'] as [string, string])[1], { new: row }])) };
}

function aSwitch(interfaces = 'interface.json'): SwitchDatabase {
  const database = new SwitchDatabase();
  database.apply(dumped('Interface', interfaces));
  const ports = dumped('Port', 'port.json');
  database.apply(ports);
  const ids = Object.keys(ports['Port'] ?? {}).map((id) => ['uuid', id] as const);
  database.apply({ Bridge: { b: { new: { name: 'wl-br0', ports: ['set', ids] } } } });
  return database;
}

describe('the forwarding table of Open vSwitch 3.1.0', () => {
  it('says at which port each MAC was seen, and how long ago', () => {
    const { entries, refused } = parseForwardingTable(testdata('fdb-show.txt'));
    expect(refused).toBe(0);
    expect(entries).toHaveLength(6);
    expect(entries).toContainEqual({ ofport: 1, vlan: 10, mac: '08:00:06:10:00:11', ageSeconds: 1 });
  });

  it('has entries that are nobody plugged in, and lines that are counted as unreadable', () => {
    const text =
      ' port  VLAN  MAC                Age\nLOCAL     0  1e:e1:c3:75:a1:45    1\n    4     0  00:16:3e:00:00:01  static\n half a li';
    expect(parseForwardingTable(text)).toEqual({ entries: [], refused: 1 });
  });
});

describe('the switch database', () => {
  it('tells each port with its VLAN, number and link', () => {
    const port = aSwitch()
      .portsOf('wl-br0')
      .find(({ port }) => port === 'wl-mri');
    expect(port).toEqual({
      port: 'wl-mri',
      ofport: 1,
      vlan: 10,
      trunk: false,
      inner: false,
      linkUp: true,
      linkResets: 0,
    });
  });

  it('tells a lost link, and that it was lost', () => {
    const port = aSwitch('interface-unplugged.json')
      .portsOf('wl-br0')
      .find(({ port }) => port === 'wl-mri');
    expect(port).toMatchObject({ linkUp: false, linkResets: 1 });
  });

  it('knows the own port of the switch, trunks and bonds for what they are', () => {
    const database = aSwitch();
    expect(database.portsOf('wl-br0').find(({ port }) => port === 'wl-br0')).toMatchObject({ inner: true });
    const names = (row: Row): Row => ({ name: 't', interfaces: ['uuid', 'i'], ...row });
    database.apply({ Interface: { i: { new: { name: 't', ofport: 7 } } } });
    database.apply({ Bridge: { b: { new: { name: 'wl-br0', ports: ['uuid', 'p'] } } } });
    for (const row of [{ trunks: ['set', [10, 20]] }, { vlan_mode: 'native-untagged', tag: 5 }] as Row[]) {
      database.apply({ Port: { p: { new: names(row) } } });
      expect(database.portsOf('wl-br0')).toMatchObject([{ trunk: true, vlan: null }]);
    }
  });

  it('forgets a row that is deleted', () => {
    const database = aSwitch();
    database.apply({ Bridge: { b: { old: {} } } });
    expect(database.portsOf('wl-br0')).toEqual([]);
    expect(database.exports).toBe(false);
  });
});
