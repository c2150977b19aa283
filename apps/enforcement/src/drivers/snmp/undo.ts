import type { PointIsolation } from '#driver';
import type { SnmpConnection, SnmpPoint } from './config.js';
import * as oids from './wire/oids.js';

const authWords = { sha: 'SHA', sha224: 'SHA-224', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };
const privWords = { aes128: 'AES', aes256b: 'AES-256', aes256r: 'AES-256-C' };

/**
 * The commands by which a person puts a port back with Net-SNMP's tools, to be pasted into one shell on a host that has
 * the secret files. The port is looked up by its name when they run, since numbers can change with a restart, and the old
 * VLAN is entered before the quarantine VLAN is left. Nothing is done where the port is in neither.
 */
export function undoCommands(
  { connection, model, bitOrder }: Pick<SnmpPoint, 'connection' | 'model' | 'bitOrder'>,
  { port, homeVlan, quarantineVlan }: PointIsolation,
): string[] {
  const look = [
    ...asking(connection),
    `ifindex=$(walk ${oids.IF_NAME} | port_called ${quoted(port)}); [ "$ifindex" ] || ifindex=$(walk ${oids.IF_DESCR} | port_called ${quoted(port)})`,
  ];
  if (model === 'cisco-vmvlan') {
    return [
      ...look,
      `[ "$(now ${oids.VM_VLAN}.$ifindex)" = ${quarantineVlan} ] && change ${oids.VM_VLAN}.$ifindex i ${homeVlan}`,
    ];
  }
  const bridged = [
    ...look,
    `bridgeport=$(walk ${oids.BASE_PORT_IF_INDEX} | awk -v want="$ifindex" '$2 == want { sub(/.*[.]/, "", $1); print $1; exit }')`,
    `pvid=$(now ${oids.PVID}.$bridgeport)`,
  ];
  const pvid = `[ "$pvid" = ${quarantineVlan} ] && change ${oids.PVID}.$bridgeport u ${homeVlan}`;
  if (model === 'qbridge-pvid-only') return [...bridged, pvid];
  const ours = `[ "$pvid" = ${quarantineVlan} -o "$pvid" = ${homeVlan} ] &&`;
  return [
    ...bridged,
    member(bitOrder),
    `${ours} member ${oids.STATIC_EGRESS}.${homeVlan} 1`,
    `${ours} member ${oids.STATIC_UNTAGGED}.${homeVlan} 1`,
    pvid,
    `${ours} member ${oids.STATIC_UNTAGGED}.${quarantineVlan} 0`,
    `${ours} member ${oids.STATIC_EGRESS}.${quarantineVlan} 0`,
  ];
}

function asking(connection: SnmpConnection): string[] {
  const { host, port } = connection;
  const target = host.includes(':') ? `udp6:[${host}]:${port}` : `${host}:${port}`;
  const who =
    connection.version === 'v2c'
      ? `-v2c -c "$(cat ${connection.communityFile})"`
      : `-v3 -l authPriv -u ${connection.user} -a ${authWords[connection.authentication]} -A "$(cat ${connection.authenticationFile})"` +
        ` -x ${privWords[connection.privacy]} -X "$(cat ${connection.privacyFile})"`;
  return [
    `walk() { snmpbulkwalk -m '' -Onq ${who} ${target} $1; }; now() { snmpget -m '' -Oqvx ${who} ${target} $1; }; change() { snmpset -m '' ${who} ${target} $1 $2 $3; }`,
    `port_called() { awk -v want="$1" '{ oid = $1; sub(/^[^ ]+ /, ""); gsub(/"/, ""); if ($0 == want) { sub(/.*[.]/, "", oid); print oid; exit } }'; }`,
  ];
}

/** One word of a shell, whatever is in it: a port's name is what the switch says it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A shell function that sets or clears the port's bit in a list and writes it, if it is not so already. */
function member(order: SnmpPoint['bitOrder']): string {
  const at = order === 'standard' ? 'p - 1' : 'n * 8 - p';
  return (
    `member() { list=$(now $1 | tr -d '" \\n'); new=$(echo "$list" | awk -v p="$bridgeport" -v on="$2" '` +
    `{ n = length($0) / 2; at = ${at}; o = int(at / 8); for (i = n; i <= o; i++) $0 = $0 "00"; hex = "0123456789ABCDEF"; s = toupper($0); ` +
    `v = (index(hex, substr(s, o * 2 + 1, 1)) - 1) * 16 + index(hex, substr(s, o * 2 + 2, 1)) - 1; b = 2 ^ (7 - at % 8); ` +
    `is = int(v / b) % 2; if (on && !is) v += b; if (!on && is) v -= b; ` +
    `printf "%s%02X%s", substr(s, 1, o * 2), v, substr(s, o * 2 + 3) }'); [ "$new" = "$list" ] || change $1 x "$new"; }`
  );
}
