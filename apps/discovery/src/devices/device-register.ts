import { newId, type InventoryDeclared } from '#events';
import {
  afterLink,
  afterSecondPort,
  afterSighting,
  type Attachment,
  type Sighting,
} from '../attachments/attachment.js';
import { anInterface, portKey, undeclared, type Device, type Interface, type Port } from './device.js';

/** Most devices that no inventory names, and most of them at one port: MAC addresses can be made up without end. */
export const MAX_UNDECLARED = 4096;
export const MAX_UNDECLARED_AT_PORT = 16;

type Declared = InventoryDeclared['data'];

/**
 * Every device of the service's (site, realm), by id, MAC, address and port. Memory leads and the database follows
 * within milliseconds, as a packet must be laid at somebody's door before a transaction could end; what is not stored
 * yet is in `takeTouched`. Pure: the clock is an argument.
 */
export class DeviceRegister {
  private readonly devices = new Map<string, Device>();
  private readonly byMac = new Map<string, Interface & { deviceId: string }>();
  private readonly byAddress = new Map<string, { deviceId: string; mac: string }>();
  private readonly portsByKey = new Map<string, Port>();
  private readonly touched = new Set<string>();
  private undeclaredCount = 0;
  /** Devices that were not made because there are too many. */
  refused = 0;

  constructor(stored: readonly Device[] = []) {
    for (const device of stored) this.put(device);
    this.touched.clear();
  }

  get ports(): ReadonlyMap<string, Port> {
    return this.portsByKey;
  }

  get(deviceId: string): Device | undefined {
    return this.devices.get(deviceId);
  }

  port(pointId: string, port: string): Port | undefined {
    return this.portsByKey.get(portKey(pointId, port));
  }

  deviceOfMac(mac: string): Device | undefined {
    return this.devices.get(this.byMac.get(mac)?.deviceId ?? '');
  }

  attachmentOf(mac: string): Attachment | null {
    return this.byMac.get(mac)?.attachment ?? null;
  }

  holderOf(address: string): { deviceId: string; mac: string } | undefined {
    return this.byAddress.get(address);
  }

  /** Ids of devices that have changed since the last call. */
  takeTouched(): string[] {
    const ids = [...this.touched];
    this.touched.clear();
    return ids;
  }

  touch(deviceId: string): void {
    this.touched.add(deviceId);
  }

  /**
   * What people say of an asset whose device has this id. Its MACs become its interfaces, taken from devices that
   * nobody declared; a MAC of another asset stays there. An asset that left the inventory keeps its device.
   */
  declare(deviceId: string, declared: Declared, at: number): void {
    const known = this.devices.get(deviceId);
    const { name, modality, criticality, ward, aeTitles, infrastructure } = declared;
    const flows = declared.removed ? [] : declared.flows;
    const description = { name, modality, criticality, ward, aeTitles, infrastructure, flows };
    const interfaces = declared.interfaces
      .filter(({ mac }) => this.mayTake(mac, deviceId))
      .map((one) => withDeclaredAddress(this.take(one.mac, deviceId), one, at));
    const asset = declared.removed ? null : declared.asset;
    this.put({
      deviceId,
      asset,
      occupies: known?.occupies ?? null,
      description,
      interfaces: declared.removed ? (known?.interfaces ?? []) : interfaces,
    });
  }

  /** The ports of a point as they are now. A port that is no longer among them has lost its link. */
  lookAtPorts(pointId: string, ports: readonly Port[], at: number): void {
    const now = new Set(ports.map(({ port }) => portKey(pointId, port)));
    for (const [key, { pointId: owner }] of this.portsByKey)
      if (owner === pointId && !now.has(key)) this.portsByKey.delete(key);
    for (const port of ports) this.portsByKey.set(portKey(pointId, port.port), port);
    for (const { mac, attachment } of [...this.byMac.values()]) {
      if (attachment?.pointId !== pointId) continue;
      const link = this.port(pointId, attachment.port) ?? null;
      this.attach(mac, this.settled(afterLink(attachment, link, at), at));
      // VLAN and link are published as they are now.
      this.touched.add(this.byMac.get(mac)?.deviceId ?? '');
    }
    this.touched.delete('');
  }

  /** Ends ambiguities that are over. To be called now and then. */
  settle(now: number): void {
    for (const { mac, attachment } of [...this.byMac.values()]) {
      if (attachment?.second) this.attach(mac, this.settled(attachment, now));
    }
  }

  /** A MAC was seen at an access port. An unknown one becomes a device without asset; false if there are too many. */
  sight(mac: string, sighting: Sighting): boolean {
    const port = this.port(sighting.pointId, sighting.port);
    // What the switch's table still holds of a port without link was there before.
    if (!port || port.infrastructure || !port.linkUp) return true;
    if (!this.byMac.has(mac) && !this.makeUndeclared(mac, sighting)) return false;
    const before = this.byMac.get(mac)?.attachment ?? null;
    const after = afterSighting(before, sighting, port);
    if (after !== before) this.attach(mac, after);
    return true;
  }

  /** An address that a lease gives to a MAC. Static addresses are people's word, and stay. */
  lease(mac: string, address: string, at: number, toldBy: string): void {
    const known = this.byMac.get(mac);
    if (!known || known.addressing === 'static' || known.address === address) return;
    const holder = this.byAddress.get(address);
    // The server gives an address to one at a time: who had it before has it no longer.
    if (holder && this.byMac.get(holder.mac)?.addressing === 'dhcp') {
      this.change(holder.mac, { address: null, addressSince: null, addressToldBy: null });
    }
    this.change(mac, { addressing: 'dhcp', address, addressSince: at, addressToldBy: toldBy });
  }

  /** Whoever sits at the port and is not the device named: one that is attached there, or a device known by the port alone. */
  occupantOf(pointId: string, port: string, notDevice: string): Device | undefined {
    for (const { deviceId, attachment } of this.byMac.values()) {
      if (attachment?.pointId === pointId && attachment.port === port && deviceId !== notDevice)
        return this.devices.get(deviceId);
    }
    for (const device of this.devices.values()) {
      if (device.occupies?.pointId === pointId && device.occupies.port === port) return device;
    }
    if (this.undeclaredCount >= MAX_UNDECLARED) return this.refuse();
    // It has no interface: the MAC that it uses is another device's, and must not be isolated for it.
    const description = undeclared(`unknown at ${pointId} ${port}`);
    return this.put({ deviceId: newId(), asset: null, occupies: { pointId, port }, description, interfaces: [] });
  }

  private makeUndeclared(mac: string, { pointId, port }: Sighting): boolean {
    const here = [...this.byMac.values()].filter(
      ({ attachment }) => attachment?.pointId === pointId && attachment.port === port,
    );
    if (this.undeclaredCount >= MAX_UNDECLARED || here.length >= MAX_UNDECLARED_AT_PORT)
      return this.refuse() !== undefined;
    this.put({
      deviceId: newId(),
      asset: null,
      occupies: null,
      description: undeclared(mac),
      interfaces: [anInterface(mac)],
    });
    return true;
  }

  private refuse(): undefined {
    this.refused += 1;
    return undefined;
  }

  private mayTake(mac: string, deviceId: string): boolean {
    const owner = this.deviceOfMac(mac);
    return !owner || owner.deviceId === deviceId || owner.asset === null;
  }

  /** The interface with this MAC, taken out of the undeclared device that had it. */
  private take(mac: string, deviceId: string): Interface {
    const known = this.byMac.get(mac);
    if (!known) return anInterface(mac);
    const { deviceId: ownerId, ...facts } = known;
    const owner = this.devices.get(ownerId);
    if (owner && ownerId !== deviceId)
      this.put({ ...owner, interfaces: owner.interfaces.filter((one) => one.mac !== mac) });
    return facts;
  }

  private settled(attachment: Attachment, now: number): Attachment {
    if (!attachment.second) return attachment;
    return afterSecondPort(attachment, this.port(attachment.pointId, attachment.second.port) ?? null, now);
  }

  private attach(mac: string, attachment: Attachment): void {
    if (this.byMac.get(mac)?.attachment !== attachment) this.change(mac, { attachment });
  }

  private change(mac: string, facts: Partial<Interface>): void {
    const device = this.deviceOfMac(mac);
    if (!device) return;
    this.put({ ...device, interfaces: device.interfaces.map((one) => (one.mac === mac ? { ...one, ...facts } : one)) });
  }

  private put(device: Device): Device {
    const before = this.devices.get(device.deviceId);
    for (const one of before?.interfaces ?? []) {
      if (this.byMac.get(one.mac)?.deviceId === device.deviceId) this.byMac.delete(one.mac);
      if (one.address !== null && this.byAddress.get(one.address)?.mac === one.mac) this.byAddress.delete(one.address);
    }
    for (const one of device.interfaces) {
      this.byMac.set(one.mac, { ...one, deviceId: device.deviceId });
      if (one.address !== null) this.byAddress.set(one.address, { deviceId: device.deviceId, mac: one.mac });
    }
    this.undeclaredCount += Number(device.asset === null) - Number(before?.asset === null);
    this.devices.set(device.deviceId, device);
    this.touched.add(device.deviceId);
    return device;
  }
}

function withDeclaredAddress(one: Interface, declared: Declared['interfaces'][number], at: number): Interface {
  const { addressing, address } = declared;
  if (address === null || one.address === address) return { ...one, addressing };
  return { ...one, addressing, address, addressSince: at, addressToldBy: 'inventory' };
}
