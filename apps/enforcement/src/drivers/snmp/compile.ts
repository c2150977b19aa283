import { DriverError, type CompiledEntries, type PointIsolation, type PointPermit } from '#driver';
import type { SnmpPoint } from './config.js';

type OpenInVlan = Exclude<SnmpPoint['permits'], 'as-sent'>[number];

/**
 * A port has no entries: what a device in the quarantine VLAN reaches is that VLAN's, and the configuration says what it
 * is. It must open nothing that the isolation does not permit; what it does not keep open is cut, and named.
 */
export function compileIsolation(
  { quarantineVlan, permits: open, policyPoint }: Pick<SnmpPoint, 'quarantineVlan' | 'permits' | 'policyPoint'>,
  isolation: PointIsolation,
): CompiledEntries {
  // What it gets is the policy source's to say, and to cut.
  if (policyPoint !== null) return { entries: [], cut: [], policy: null };
  if (isolation.mode === 'filter')
    throw new DriverError(
      'refused',
      'a port that is moved by SNMP filters nothing: only a VLAN mode is possible there',
    );
  if (isolation.quarantineVlan !== quarantineVlan)
    throw new DriverError(
      'refused',
      `the quarantine VLAN of this switch is ${quarantineVlan}, not ${isolation.quarantineVlan}`,
    );
  if (open === 'as-sent') return { entries: [], cut: [], policy: null };
  const further = open.filter((one) => !isolation.permits.some((permit) => sameFlow(permit, one)));
  if (further.length > 0) {
    const { peerAddress, transport, port } = further[0]!;
    throw new DriverError(
      'refused',
      `quarantine VLAN ${quarantineVlan} opens ${further.length} flows that this device may not have, such as ${peerAddress} ${transport}/${port}`,
    );
  }
  const cut = isolation.permits.filter((permit) => !open.some((one) => sameFlow(permit, one)));
  return { entries: [], cut: cut.map(({ flowId }) => flowId).sort(), policy: null };
}

function sameFlow(permit: PointPermit, open: OpenInVlan): boolean {
  return (
    permit.peerAddress === open.peerAddress &&
    permit.transport === open.transport &&
    permit.port === open.port &&
    permit.opener === open.opener
  );
}
