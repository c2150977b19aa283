// snmpTrapOID.0 names a notification (RFC 3418); a version 1 trap has `generic` and `enterprise` instead.
const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0';
const SNMP_TRAPS = '1.3.6.1.6.3.1.1.5';
const MAC_CHANGED = '1.3.6.1.4.1.9.9.215.2.0.1';

/** `restarted`: cold or warm start; `link`: link up or down; `mac`: a MAC came or went; `other`: anything else. */
export type NotificationKind = 'restarted' | 'link' | 'mac' | 'other';

export function hintOf(pdu: {
  varbinds: { oid: string; value: unknown }[];
  generic?: number | undefined;
}): NotificationKind {
  const named = pdu.varbinds.find(({ oid }) => oid === TRAP_OID)?.value;
  const oid = typeof named === 'string' ? named : pdu.generic === undefined ? '' : `${SNMP_TRAPS}.${pdu.generic + 1}`;
  if (oid === `${SNMP_TRAPS}.1` || oid === `${SNMP_TRAPS}.2`) return 'restarted';
  if (oid === `${SNMP_TRAPS}.3` || oid === `${SNMP_TRAPS}.4`) return 'link';
  return oid === MAC_CHANGED || oid.startsWith(`${MAC_CHANGED}.`) ? 'mac' : 'other';
}
