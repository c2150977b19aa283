import type { Observation } from '#events';
import type { Counters } from '#observability';
import type { ConversationLog } from '../conversations/conversation-log.js';
import type { DeviceRegister } from '../devices/device-register.js';
import type { InsideNetworks } from '../inside.js';
import { BoundedMap } from '../bounded-map.js';
import type { PairingEvent } from '../sensors/dnsmasq/query-pairing.js';
import { FLOW_KINDS, PROTOCOLS, isGroupMac, type Flow } from '../sensors/flow.js';
import type { SensorIdentity } from '../sensors/sensor-identity.js';
import { AttemptPairing, type AttemptFact } from './attempts.js';
import { bindingOf, type Binding } from './binding.js';
import type { Entrances } from './entrances.js';
import { LookUpBinding, type BoundTo, type LookUpFact } from './look-ups.js';
import { attemptObservation, nameObservation, takenOverObservation } from './observation.js';

/** A look-up's sensor, with the address of the resolver whose log it reads. */
export interface ResolverLog {
  sensor: SensorIdentity;
  resolver: string;
}

export interface ObserverOptions {
  register: DeviceRegister;
  conversations: ConversationLog;
  inside: InsideNetworks;
  sensors: ReadonlyMap<string, SensorIdentity>;
  resolvers: ReadonlyMap<string, ResolverLog>;
  siteSuffixes: readonly string[];
  counters: Counters;
  observe: (deviceId: string, observation: Observation) => void;
  /** Told where packets entered, for sensors that don't see it. */
  entrances?: Entrances;
  /** Conversations are due at once. */
  conversationsDue: () => void;
}

/** How long the same port is not named again for the same device. */
export const TAKEN_OVER_AGAIN_MS = 60_000;
const MAX_TAKEN_OVER = 10_000;
const DNS_PORT = 53;

/**
 * Takes what the sensors say, in the order in which it was heard, and makes observations of it: first the sighting,
 * so that the sender is known; then whose packet it was; then what it means for attempts, look-ups and conversations.
 */
export class Observer {
  private readonly attempts = new AttemptPairing();
  private readonly lookUps = new Map<string, LookUpBinding>();
  private readonly takenOver = new BoundedMap<string, number>(MAX_TAKEN_OVER);

  constructor(private readonly options: ObserverOptions) {
    for (const sensorId of options.resolvers.keys()) this.lookUps.set(sensorId, new LookUpBinding());
  }

  flow(flow: Flow): void {
    const { register, conversations } = this.options;
    this.sight(flow);
    if (conversations.take(flow, register)) this.options.conversationsDue();
    switch (flow.kind) {
      case FLOW_KINDS.opening:
        return this.opening(flow, this.bind(flow));
      case FLOW_KINDS.answering:
        return this.answering(flow, this.bind(flow));
      case FLOW_KINDS.refusing:
        return this.refusing(flow, this.bind(flow));
      case FLOW_KINDS.denied:
        return this.denied(flow, this.bind(flow));
      case FLOW_KINDS.lookUp:
        return this.lookUpRecord(flow, this.bind(flow));
      case FLOW_KINDS.permitted:
      case FLOW_KINDS.volume:
        // A permitted look-up meets our permit line before the one that shows each look-up: the volumes show it still.
        if (isToResolver(flow)) this.lookUpRecord(flow, this.bind(flow));
        return;
    }
  }

  lookUp(sensorId: string, event: PairingEvent): void {
    const binding = this.lookUps.get(sensorId);
    if (!binding) return;
    const facts =
      event.kind === 'asked'
        ? binding.asked(event.key, event.lookUp)
        : binding.answered(event.key, event.answer, event.receivedAt);
    this.tellNames(sensorId, facts);
  }

  /** Tells what has waited long enough. To be called every few milliseconds. */
  tick(now: number): void {
    this.tellAttempts(this.attempts.tick(now));
    for (const [sensorId, binding] of this.lookUps) this.tellNames(sensorId, binding.tick(now));
  }

  private sight(flow: Flow): void {
    const { ingressPort, pointId, sensorId, sourceMac } = flow;
    if (flow.direction === 'out' || ingressPort === null || isGroupMac(sourceMac)) return;
    const at = Math.min(flow.end, flow.receivedAt);
    const known = this.options.register.sight(sourceMac, { pointId, port: ingressPort, at, toldBy: sensorId });
    if (!known) this.options.counters.add('device.refused:too-many');
  }

  private bind(flow: Flow): Binding {
    const binding = bindingOf(flow, this.options.register);
    this.options.entrances?.record(flow, binding);
    if (binding.kind === 'contradicted') this.tellTakenOver(flow, binding);
    return binding;
  }

  private opening(flow: Flow, binding: Binding): void {
    // A group has nobody to answer.
    if (isGroupMac(flow.destinationMac) || binding.kind === 'passed-on' || binding.kind === 'nobody') return;
    this.tellAttempts(this.attempts.opening(flow, binding.deviceId, binding.kind));
  }

  /** An answer that did not come from where the answering host is plugged in is somebody else's word. */
  private answering(flow: Flow, binding: Binding): void {
    if (binding.kind !== 'contradicted') this.tellAttempts(this.attempts.answering(flow));
  }

  private refusing(flow: Flow, binding: Binding): void {
    if (binding.kind !== 'contradicted') this.tellAttempts(this.attempts.refusing(flow));
  }

  private denied(flow: Flow, binding: Binding): void {
    if (flow.protocol !== PROTOCOLS.tcp || isGroupMac(flow.destinationMac)) return;
    const owner = binding.kind === 'passed-on' || binding.kind === 'nobody' ? null : binding;
    this.tellAttempts(this.attempts.denied(flow, owner?.deviceId ?? null, owner?.kind ?? 'claimed'));
  }

  private lookUpRecord(flow: Flow, binding: Binding): void {
    const { sourceAddress, sourcePort, destinationAddress } = flow;
    if (sourceAddress === null || sourcePort === null) return;
    if (binding.kind !== 'bound' && binding.kind !== 'contradicted') return;
    const boundTo = { deviceId: binding.deviceId, binding: binding.kind };
    for (const [sensorId, { resolver }] of this.options.resolvers) {
      if (resolver !== destinationAddress) continue;
      const facts = this.lookUps.get(sensorId)?.recorded(sourceAddress, sourcePort, boundTo, flow.receivedAt);
      this.tellNames(sensorId, facts ?? []);
    }
  }

  private tellAttempts(facts: readonly AttemptFact[]): void {
    const { register, inside, sensors, observe } = this.options;
    for (const fact of facts) {
      const sensor = sensors.get(fact.sensorId);
      if (sensor) observe(fact.deviceId, attemptObservation(fact, sensor, register, inside));
    }
  }

  private tellNames(sensorId: string, facts: readonly LookUpFact[]): void {
    const log = this.options.resolvers.get(sensorId);
    if (!log) return;
    for (const fact of facts) {
      const { counters } = this.options;
      const boundTo = fact.boundTo ?? this.claimedBy(fact.lookUp.client);
      if (!boundTo) counters.add('look-up.left-out:unknown-client');
      else if (this.isOwnName(fact.lookUp.name)) counters.add('look-up.left-out:own-name');
      else this.options.observe(boundTo.deviceId, nameObservation(fact, boundTo, log.sensor, log.resolver));
    }
  }

  private claimedBy(address: string): BoundTo | null {
    const holder = this.options.register.holderOf(address);
    return holder ? { deviceId: holder.deviceId, binding: 'claimed' } : null;
  }

  private isOwnName(name: string): boolean {
    return this.options.siteSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  }

  private tellTakenOver(flow: Flow, binding: Extract<Binding, { kind: 'contradicted' }>): void {
    const sensor = this.options.sensors.get(flow.sensorId);
    if (!sensor || binding.occupantId === null) return;
    const key = `${binding.pointId}|${binding.port}|${binding.deviceId}|${binding.claimedMac}`;
    const last = this.takenOver.get(key);
    if (last !== undefined && flow.receivedAt - last < TAKEN_OVER_AGAIN_MS) return;
    this.takenOver.set(key, flow.receivedAt);
    this.options.observe(binding.occupantId, takenOverObservation(flow, binding, sensor));
  }
}

function isToResolver(flow: Flow): boolean {
  return flow.direction === 'in' && flow.protocol === PROTOCOLS.udp && flow.destinationPort === DNS_PORT;
}
