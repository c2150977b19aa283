import { isIPv4 } from 'node:net';
import type { Observation, ObservationsReported } from '#events';
import { wasToldQuiet } from '../assessments/publication.js';
import { canonicalName } from '../detectors/command/conficker-names.js';
import type { ConfickerCalendar } from '../detectors/command/conficker/calendar.js';
import { destinationOf } from '../detectors/command/beacon/destination.js';
import { isPeerPort } from '../detectors/command/conficker/peer-ports.js';
import type { CommonCause, ObservationContext } from '../detectors/detector.js';
import type { Context } from '../context/context.js';
import type { Evidence } from '../evidence/evidence.js';
import { AnsweredDestinations, type Place } from './answered-destinations.js';
import { Prevalence } from './prevalence.js';
import { newDevice, observe, pruned, released, type DeviceState } from './device.js';

/** A sensor's clock may be wrong; what it says is bent to within 10 minutes of when it was heard. */
const MOST_CLOCK_ERROR_MS = 10 * 60 * 1000;

/** What the weighing looks things up in. */
export interface Surroundings {
  context: Context;
  calendar: ConfickerCalendar;
  siteSuffixes: readonly string[];
}

/** Evidence of one device, and whose it is. */
export interface WeighedEvidence extends Evidence {
  deviceId: string;
}

/** The windows and levels of every device of one partition, in memory. No clock, no I/O. */
export class Partition {
  readonly devices = new Map<string, DeviceState>();
  /** Observations that no detector could judge by their sensor, by `detector sensor`: shown, not stored. */
  readonly unjudged = new Map<string, number>();

  constructor(
    readonly number: number,
    /** The offset that has not been weighed yet. */
    public nextOffset = 0n,
    devices: Iterable<DeviceState> = [],
    readonly answered = new AnsweredDestinations(),
    readonly prevalence = new Prevalence(),
  ) {
    for (const device of devices) this.devices.set(device.deviceId, device);
  }

  /** Weighs one event. An offset that was weighed before changes nothing and gives no evidence. */
  apply(event: ObservationsReported, offset: string, surroundings: Surroundings): WeighedEvidence[] {
    if (BigInt(offset) < this.nextOffset) return [];
    const { deviceId, observations, ...place } = event.data;
    let device = this.current(deviceId, surroundings);
    const found: WeighedEvidence[] = [];
    for (const observation of observations) {
      const step = this.observe(device, observation, place, surroundings);
      device = step.device;
      for (const evidence of step.evidence) found.push({ ...evidence, deviceId });
    }
    this.devices.set(deviceId, device);
    this.nextOffset = BigInt(offset) + 1n;
    return found;
  }

  /** Up to which offset everything is weighed. Before the first event there is no device, and nothing to tell. */
  get asOfOffset(): string {
    return (this.nextOffset > 0n ? this.nextOffset - 1n : 0n).toString();
  }

  /** Takes a release into account; false where it was already, or where the device is not of this partition. */
  release(deviceId: string, at: number): boolean {
    const device = this.devices.get(deviceId);
    if (!device || (device.since ?? -Infinity) >= at) return false;
    this.devices.set(deviceId, released(device, at));
    return true;
  }

  /** Forgets what can no longer matter at `now` (ms): memory follows what is seen, not how long we run. */
  prune(now: number): void {
    this.answered.forgetBefore(now);
    this.prevalence.forgetBefore(now);
    for (const device of this.devices.values()) {
      const left = pruned(device, now);
      const empty = Object.keys(left.levels).length === 0 && Object.keys(left.detectors).length === 0;
      if (empty && wasToldQuiet(left.published)) this.devices.delete(device.deviceId);
      else this.devices.set(device.deviceId, left);
    }
  }

  private current(deviceId: string, { context }: Surroundings): DeviceState {
    const releasedAt = context.releasedAt(deviceId);
    const known = this.devices.get(deviceId);
    if (!known) return newDevice(deviceId, releasedAt);
    return releasedAt !== null && releasedAt > (known.since ?? -Infinity) ? released(known, releasedAt) : known;
  }

  private observe(device: DeviceState, observation: Observation, place: Place, surroundings: Surroundings) {
    const at = happenedAt(observation);
    const destination = observation.kind === 'flow' ? destinationOf(observation) : null;
    if (destination !== null) this.prevalence.note(device.deviceId, destination, at);
    const context: ObservationContext = {
      at,
      commonCause: this.commonCause(device.deviceId, observation, place, at, surroundings.context),
      conficker: confickerName(observation, at, surroundings.calendar),
      wormPort: isWormPort(observation, at),
      profile: profileOf(device.deviceId, observation, surroundings.context),
      prevalence: destination === null ? null : this.prevalence.of(destination, at),
      lacks: surroundings.context.lacksOf(observation.sensorId),
      siteSuffixes: surroundings.siteSuffixes,
    };
    const weak = surroundings.context.isWeak(observation.trustDomain);
    const step = observe(device, observation, context, weak);
    if (step.unjudgedBy !== null) this.noteUnjudged(`${step.unjudgedBy} ${observation.sensorId}`);
    if (observation.kind === 'attempt' && observation.outcome === 'answered')
      this.answered.note(place, observation, at);
    return step;
  }

  private noteUnjudged(key: string): void {
    this.unjudged.set(key, (this.unjudged.get(key) ?? 0) + 1);
  }

  private commonCause(id: string, seen: Observation, place: Place, at: number, known: Context): CommonCause | null {
    if (seen.kind !== 'attempt') return null;
    if (known.contracts.hasFlow(id, seen)) return 'contract-flow';
    return this.answered.answeredLately(place, seen, at) ? 'answered-lately' : null;
  }
}

function happenedAt({ at, receivedAt }: Observation): number {
  const heard = Date.parse(receivedAt);
  return Math.max(heard - MOST_CLOCK_ERROR_MS, Math.min(heard + MOST_CLOCK_ERROR_MS, Date.parse(at)));
}

function confickerName(observation: Observation, at: number, calendar: ConfickerCalendar) {
  if (observation.kind !== 'name') return null;
  return calendar.find(canonicalName(observation.name), at) ?? null;
}

/** An inside peer's ports are its neighbours' business: the worm looks for its peers outside. */
function isWormPort(seen: Observation, at: number): boolean {
  if (seen.kind !== 'attempt' || seen.peerInside || !isIPv4(seen.peerAddress)) return false;
  return isPeerPort(seen.peerAddress, seen.transport, seen.port, at);
}

function profileOf(deviceId: string, seen: Observation, { contracts }: Context): ObservationContext['profile'] {
  if (seen.kind !== 'flow' || !contracts.knows(deviceId)) return 'unknown';
  return contracts.hasFlow(deviceId, seen) ? 'inside' : 'outside';
}
