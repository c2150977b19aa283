import { observationId, type AddressTakenOver, type Attempt, type NameLookUp } from '#events';
import type { DeviceRegister } from '../devices/device-register.js';
import type { InsideNetworks } from '../inside.js';
import { clamped } from '../sensors/clock.js';
import type { Flow } from '../sensors/flow.js';
import type { SensorIdentity } from '../sensors/sensor-identity.js';
import type { AttemptFact } from './attempts.js';
import type { Binding } from './binding.js';
import type { BoundTo, LookUpFact } from './look-ups.js';

export function attemptObservation(
  fact: AttemptFact,
  sensor: SensorIdentity,
  register: DeviceRegister,
  inside: InsideNetworks,
): Attempt {
  const { binding, localAddress, localPort, peerAddress, port, outcome } = fact;
  return {
    ...told(fact.position, sensor, fact.at, fact.receivedAt),
    binding,
    kind: 'attempt',
    localAddress,
    localPort,
    peerAddress,
    peerDeviceId: register.holderOf(peerAddress)?.deviceId ?? null,
    peerInside: inside.includes(peerAddress),
    transport: 'tcp',
    port,
    outcome,
  };
}

export function nameObservation(
  fact: LookUpFact,
  boundTo: BoundTo,
  sensor: SensorIdentity,
  resolver: string,
): NameLookUp {
  const { lookUp, answer, resolverWell, receivedAt } = fact;
  return {
    ...told(lookUp.position, sensor, lookUp.at, receivedAt),
    binding: boundTo.binding,
    kind: 'name',
    localAddress: lookUp.client,
    localPort: lookUp.port,
    peerAddress: resolver,
    transport: 'udp',
    port: 53,
    name: lookUp.name,
    queryType: lookUp.queryType,
    answer,
    resolverWell,
  };
}

/** Evidence against whoever sits at the port: a packet of theirs carried another device's MAC or address. */
export function takenOverObservation(
  flow: Flow,
  binding: Extract<Binding, { kind: 'contradicted' }>,
  sensor: SensorIdentity,
): AddressTakenOver {
  return {
    ...told([...flow.position, 'taken-over'], sensor, flow.start, flow.receivedAt),
    binding: 'bound',
    kind: 'address-taken-over',
    claimedDeviceId: binding.deviceId,
    claimedMac: binding.claimedMac,
    pointId: binding.pointId,
    port: binding.port,
  };
}

function told(position: readonly (string | number)[], sensor: SensorIdentity, at: number, receivedAt: number) {
  return {
    observationId: observationId(...position),
    sensorId: sensor.id,
    trustDomain: sensor.trustDomain,
    authenticated: sensor.authenticatedBy !== null,
    at: new Date(clamped(at, receivedAt)).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
  };
}
