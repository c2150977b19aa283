import {
  observationId,
  type AlertRaised,
  type Attempt,
  type FlowEnded,
  type NameLookUp,
  type Observation,
} from '#events';
import type { Counters } from '#observability';
import type { DeviceRegister } from '../devices/device-register.js';
import type { InsideNetworks } from '../inside.js';
import { clamped } from '../sensors/clock.js';
import { isGroupMac } from '../sensors/flow.js';
import type {
  AlertFact,
  ConnectionFact,
  Ends,
  LeaseFact,
  LineFact,
  NameFact,
  Told,
} from '../sensors/follow/line-fact.js';
import type { SensorIdentity } from '../sensors/sensor-identity.js';
import type { Entrances } from './entrances.js';
import { LineAlerts } from './line-alerts.js';
import { LineLookUps, type ToldLookUp } from './line-look-ups.js';
import type { BoundTo } from './look-ups.js';

/** A sensor that writes lines, and what its site says of what it sees. */
export interface LineSensor {
  sensor: SensorIdentity;
  /** Resolvers of the site: what they ask, they ask for others. */
  resolvers: readonly string[];
  /** Servers whose leases are believed. */
  dhcpServers: readonly string[];
}

export interface LineObserverOptions {
  register: DeviceRegister;
  inside: InsideNetworks;
  entrances: Entrances;
  sensors: ReadonlyMap<string, LineSensor>;
  siteSuffixes: readonly string[];
  counters: Counters;
  observe: (deviceId: string, observation: Observation) => void;
  /** Devices have changed. */
  devicesChanged: () => void;
}

/**
 * Makes observations of what sensors on the wire write in lines. They see packets, and not where they entered: a fact
 * is bound by a flow record of the same five-tuple, or else claimed. A MAC names the device, and binds nothing: whoever
 * clones the address clones the MAC too.
 */
export class LineObserver {
  private readonly lookUps = new Map<string, LineLookUps>();
  private readonly alerts = new Map<string, LineAlerts>();

  constructor(private readonly options: LineObserverOptions) {
    for (const sensorId of options.sensors.keys()) {
      this.lookUps.set(sensorId, new LineLookUps());
      this.alerts.set(sensorId, new LineAlerts());
    }
  }

  heard(sensorId: string, told: Told): void {
    const from = this.options.sensors.get(sensorId);
    if (!from) return;
    const { fact } = told;
    switch (fact.kind) {
      case 'connection':
        return this.connection(from, { ...told, fact });
      case 'name':
        return this.tellNames(from, this.lookUps.get(sensorId)?.asked({ ...told, fact }) ?? []);
      case 'answer':
        return this.lookUps.get(sensorId)?.answered(fact);
      case 'lease':
        return this.lease(from, fact);
      case 'alert':
        return this.tellAlerts(from, this.alerts.get(sensorId)?.wait({ ...told, fact }) ?? []);
    }
  }

  tick(now: number): void {
    this.options.entrances.tick(now);
    for (const [sensorId, from] of this.options.sensors) {
      this.tellNames(from, this.lookUps.get(sensorId)?.tick(now) ?? []);
      this.tellAlerts(from, this.alerts.get(sensorId)?.tick(now) ?? []);
    }
  }

  private connection({ sensor }: LineSensor, told: Told<ConnectionFact>): void {
    const { fact } = told;
    const { serverAddress, serverPort, clientAddress, clientPort, outcome, moved } = fact;
    const boundTo = this.boundTo(fact, fact.at);
    if (!boundTo) return this.leaveOut(fact, 'unknown-client');
    const { observe } = this.options;
    const said = {
      ...saidBy(sensor, told, boundTo),
      ...this.peer(serverAddress),
      localAddress: clientAddress,
      localPort: clientPort,
      transport: 'tcp' as const,
      port: serverPort,
    };
    const attempt: Attempt = { ...said, kind: 'attempt', outcome };
    observe(boundTo.deviceId, attempt);
    if (outcome !== 'answered' || !moved) return;
    const id = observationId(told.observationId, 'flow');
    const bytes = { bytesSent: moved.sent, bytesReceived: moved.received };
    const ended: FlowEnded = { ...said, kind: 'flow', observationId: id, peerName: null, ...bytes };
    observe(boundTo.deviceId, ended);
  }

  /** An alert is about who sent what it warns of, if that is a device, or else about the device that got it. */
  private tellAlerts({ sensor }: LineSensor, alerts: readonly Told<AlertFact>[]): void {
    for (const told of alerts) {
      const { ends, severity, signature, words, at } = told.fact;
      const about = ends && this.aboutWhom(ends, at);
      if (severity === null) this.leaveOut(told.fact, 'no-severity');
      else if (!ends) this.leaveOut(told.fact, 'no-connection');
      else if (!about) this.leaveOut(told.fact, 'unknown-ends');
      else {
        const isSender = about.opener === 'device';
        const alert: AlertRaised = {
          ...saidBy(sensor, told, about.boundTo),
          ...this.peer(isSender ? ends.serverAddress : ends.clientAddress),
          kind: 'alert',
          localAddress: isSender ? ends.clientAddress : ends.serverAddress,
          localPort: isSender ? ends.clientPort : ends.serverPort,
          port: isSender ? ends.serverPort : ends.clientPort,
          transport: ends.transport,
          opener: about.opener,
          signature: words === '' ? signature : words,
          severity,
        };
        this.options.observe(about.boundTo.deviceId, alert);
      }
    }
  }

  private aboutWhom(ends: Ends, at: number): { boundTo: BoundTo; opener: AlertRaised['opener'] } | null {
    const sender = this.boundTo(ends, at);
    if (sender) return { boundTo: sender, opener: 'device' };
    // An unknown host of the site is no peer from outside: nobody knows whose the packet was.
    if (this.options.inside.includes(ends.clientAddress)) return null;
    const deviceId = this.holderAt(ends.serverAddress, at);
    return deviceId === undefined ? null : { boundTo: { deviceId, binding: 'claimed' }, opener: 'peer' };
  }

  private peer(address: string): { peerAddress: string; peerDeviceId: string | null; peerInside: boolean } {
    const peerDeviceId = this.options.register.holderOf(address)?.deviceId ?? null;
    return { peerAddress: address, peerDeviceId, peerInside: this.options.inside.includes(address) };
  }

  private tellNames({ sensor, resolvers }: LineSensor, lookUps: readonly ToldLookUp[]): void {
    for (const { told, answer, resolverWell } of lookUps) {
      const { fact } = told;
      const { clientAddress, clientPort, serverAddress, serverPort, transport, name, queryType } = fact;
      const boundTo = this.boundTo(fact, fact.at);
      if (this.isOwnName(name)) this.leaveOut(fact, 'own-name');
      else if (resolvers.includes(clientAddress)) this.leaveOut(fact, 'asked-for-others');
      else if (!boundTo) this.leaveOut(fact, 'unknown-client');
      else {
        const lookUp: NameLookUp = {
          ...saidBy(sensor, told, boundTo),
          kind: 'name',
          localAddress: clientAddress,
          localPort: clientPort,
          peerAddress: serverAddress,
          transport,
          port: serverPort,
          name,
          queryType,
          answer,
          resolverWell,
        };
        this.options.observe(boundTo.deviceId, lookUp);
      }
    }
  }

  /**
   * A lease seen on the wire can be forged by whoever can send from the server's address. So it is believed of declared
   * servers only, and never takes an address from a device that has it.
   */
  private lease({ sensor, dhcpServers }: LineSensor, fact: LeaseFact): void {
    const { register, devicesChanged } = this.options;
    if (fact.server === null || !dhcpServers.includes(fact.server)) return this.leaveOut(fact, 'undeclared-server');
    const holder = register.holderOf(fact.address);
    if (holder && holder.mac !== fact.mac) return this.leaveOut(fact, 'held-by-another');
    if (isGroupMac(fact.mac)) return this.leaveOut(fact, 'group-mac');
    register.lease(fact.mac, fact.address, fact.at, sensor.id);
    devicesChanged();
  }

  private boundTo(ends: Ends, at: number): BoundTo | null {
    const { entrances, register } = this.options;
    const entered = entrances.find(ends, at);
    if (entered) return entered;
    const holder = this.holderAt(ends.clientAddress, at);
    const sender = ends.clientMac === null ? undefined : register.deviceOfMac(ends.clientMac);
    // The last router's MAC says nothing of who sent the packet.
    const named = sender?.description.infrastructure ? undefined : sender;
    // One device's MAC with another's address: one of them is forged.
    if (named && holder && named.deviceId !== holder) return null;
    const deviceId = named?.deviceId ?? holder;
    return deviceId === undefined ? null : { deviceId, binding: 'claimed' };
  }

  /** Whoever had the address then, as far as it is known: a holder of later is another's. */
  private holderAt(address: string, at: number): string | undefined {
    const { register } = this.options;
    const holder = register.holderOf(address);
    if (!holder) return undefined;
    const { deviceId, mac } = holder;
    const since = register.get(deviceId)?.interfaces.find((one) => one.mac === mac);
    const isStatic = since?.addressing === 'static';
    return isStatic || (since?.addressSince ?? 0) <= at ? deviceId : undefined;
  }

  private isOwnName(name: string): boolean {
    return this.options.siteSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  }

  private leaveOut(fact: LineFact | NameFact, reason: string): void {
    this.options.counters.add(`line.left-out:${fact.kind}:${reason}`);
  }
}

function saidBy(sensor: SensorIdentity, { fact, observationId, receivedAt }: Told, { binding }: BoundTo) {
  return {
    observationId,
    sensorId: sensor.id,
    trustDomain: sensor.trustDomain,
    authenticated: sensor.authenticatedBy !== null,
    binding,
    at: new Date(clamped(fact.at, receivedAt)).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
  };
}
