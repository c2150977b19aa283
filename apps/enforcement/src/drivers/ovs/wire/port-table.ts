import { booleanOf, numberOf, atomsOf, stringOf, stringsOf, uuidsOf, type Row } from '#ovsdb';
import type { PortRow } from './port-row.js';

/** Columns of the table Port that make a port what it is to us. */
export const PORT_COLUMNS = ['tag', 'vlan_mode', 'trunks', 'protected', 'external_ids'];

/** The ports of a bridge, by name. A port is up if one of its interfaces is. */
export function portRows(bridge: Row, ports: readonly Row[], interfaces: readonly Row[]): PortRow[] {
  const members = new Set(uuidsOf(bridge['ports']));
  const up = new Set(
    interfaces.filter((row) => stringOf(row['link_state']) === 'up').flatMap((row) => uuidsOf(row['_uuid'])),
  );
  return ports
    .map((row) => portRow(row, up))
    .filter(({ uuid }) => members.has(uuid))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function portRow(row: Row, up: ReadonlySet<string>): PortRow {
  return {
    uuid: uuidsOf(row['_uuid'])[0] ?? '',
    name: stringOf(row['name']) ?? '',
    tag: numberOf(row['tag']),
    vlanMode: stringOf(row['vlan_mode']),
    trunks: atomsOf(row['trunks']).filter((atom) => typeof atom === 'number'),
    protected: booleanOf(row['protected']) ?? false,
    externalIds: stringsOf(row['external_ids']),
    linkUp: uuidsOf(row['interfaces']).some((uuid) => up.has(uuid)),
  };
}
