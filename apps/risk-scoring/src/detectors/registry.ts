import type { Observation } from '#events';
import type { DetectorName } from '../evidence/evidence.js';
import { beacon } from './command/beacon.js';
import { confickerNames } from './command/conficker-names.js';
import { confickerPorts } from './command/conficker-ports.js';
import { failingNames } from './command/failing-names.js';
import type { Detector } from './detector.js';
import { addressTakenOver } from './spread/address-taken-over.js';
import { scan } from './spread/scan.js';
import { alert } from './verdict/alert.js';

/** A detector whose state and observations only it knows the types of; `signs.ts` gives it no others. */
export type AnyDetector = Detector<unknown, Observation>;

const detector = <S, O extends Observation>(one: Detector<S, O>) => one as unknown as AnyDetector;

/** Every detector by name. A new one is added here, in `signs.ts` and in `evidence.ts`. */
export const REGISTRY: Record<DetectorName, AnyDetector> = {
  scan: detector(scan),
  'address-taken-over': detector(addressTakenOver),
  beacon: detector(beacon),
  'conficker-names': detector(confickerNames),
  'conficker-ports': detector(confickerPorts),
  'failing-names': detector(failingNames),
  alert: detector(alert),
};
