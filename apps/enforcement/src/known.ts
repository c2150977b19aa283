import type { ApprovedPlan } from './plan/approval.js';
import type { Observer } from './prove/observers.js';
import type { ProofFacts } from './prove/proof.js';
import type { Location, Neighbour } from './read/location.js';
import type { DeviceState } from './seen/state.js';
import type { Isolation, Preview } from './wanted/wanted.js';

/** All that is known of a device when the loop looks at it: what is wanted, where it is, what was done and shown. */
export interface Known {
  deviceId: string;
  /** null: nothing was ever wanted; then the network stays as it was. */
  wanted: Isolation | null;
  /** When people last took back a hold: what was changed by hand before is theirs to have decided. */
  unfrozenAt: Date | null;
  /** A request for a plan that is not answered yet. */
  preview: Preview | null;
  location: Location | null;
  neighbours: Neighbour[];
  /** The numbers that mark what is ours at the points, by MAC; also of interfaces that are wanted no more. */
  numbers: Map<string, number>;
  /** The plan that people or policy approved, if it is known here. */
  approved: ApprovedPlan | null;
  state: DeviceState;
  proofs: Map<string, ProofFacts>;
  observers: Observer[];
  /** When drift was put back, in the last ten minutes. */
  putBack: Date[];
}
