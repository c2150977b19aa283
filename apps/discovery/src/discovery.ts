import type { InventoryDeclared } from '#events';
import type { Place } from './devices/device-event.js';
import type { DeviceRegister } from './devices/device-register.js';
import type { Port } from './devices/device.js';
import type { LineObserver } from './observations/line-observer.js';
import type { Observer } from './observations/observer.js';
import type { PairingEvent } from './sensors/dnsmasq/query-pairing.js';
import type { Lease } from './sensors/dnsmasq/leases.js';
import type { Flow } from './sensors/flow.js';
import type { Told } from './sensors/follow/line-fact.js';
import type { ForwardingEntry } from './sensors/ovs/forwarding-table.js';
import type { SwitchPort } from './sensors/ovs/ports.js';
import { isGroupMac } from './sensors/flow.js';

/** A switch as its sensor's configuration names it. */
export interface Point {
  pointId: string;
  sensorId: string;
  infrastructurePorts: readonly string[];
}

/**
 * The one entrance for everything that is heard, from sensors and from people. What changes devices wakes whoever
 * stores and publishes them.
 */
export class Discovery {
  constructor(
    private readonly place: Place,
    private readonly register: DeviceRegister,
    private readonly observer: Observer,
    private readonly lines: LineObserver,
    private readonly devicesChanged: () => void,
  ) {}

  isOurs({ site, realm }: Place): boolean {
    return site === this.place.site && realm === this.place.realm;
  }

  declared(deviceId: string, declared: InventoryDeclared['data'], at: number): void {
    this.register.declare(deviceId, declared, at);
    this.devicesChanged();
  }

  flow(flow: Flow): void {
    this.observer.flow(flow);
    this.devicesChanged();
  }

  lookUp(sensorId: string, event: PairingEvent): void {
    this.observer.lookUp(sensorId, event);
  }

  line(sensorId: string, told: Told): void {
    this.lines.heard(sensorId, told);
  }

  ports(point: Point, ports: readonly SwitchPort[], at: number): void {
    const { pointId, infrastructurePorts } = point;
    const seen = ports.map(({ port, vlan, linkUp, linkResets, trunk, inner }): Port => ({
      pointId,
      port,
      vlan,
      linkUp,
      linkResets,
      infrastructure: trunk || inner || infrastructurePorts.includes(port),
    }));
    this.register.lookAtPorts(pointId, seen, at);
    this.devicesChanged();
  }

  /**
   * The switch's table. Ages are whole seconds, so an entry may be a second older than it says. A MAC that is missing
   * says nothing: frames that our permit lines forward are not learned.
   */
  table(point: Point, entries: readonly ForwardingEntry[], ports: readonly SwitchPort[], at: number): void {
    const names = new Map(ports.flatMap(({ ofport, port }) => (ofport === null ? [] : [[ofport, port] as const])));
    for (const { ofport, mac, ageSeconds } of entries) {
      const port = names.get(ofport);
      if (port === undefined || isGroupMac(mac)) continue;
      const seenAt = at - (ageSeconds + 1) * 1000;
      this.register.sight(mac, { pointId: point.pointId, port, at: seenAt, toldBy: point.sensorId });
    }
    this.devicesChanged();
  }

  leases(sensorId: string, leases: readonly Lease[], at: number): void {
    for (const { mac, address, expiresAt } of leases) {
      if (expiresAt === null || expiresAt > at) this.register.lease(mac, address, at, sensorId);
    }
    this.devicesChanged();
  }

  tick(now: number): void {
    this.observer.tick(now);
    this.lines.tick(now);
  }

  settle(now: number): void {
    this.register.settle(now);
    this.devicesChanged();
  }
}
