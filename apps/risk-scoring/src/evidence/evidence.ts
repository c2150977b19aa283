import type { Family } from '#events';

/** The version of the numbers of this folder and of the detectors; an assessment names it. */
export const RULES_VERSION = '4';

const HOUR = 3600;

/** Family and half-life of each detector. Changed only with figures on labelled data, in docs/evaluation.md. */
export const DETECTORS = {
  scan: { family: 'spread', halfLifeSeconds: 2 * HOUR },
  'address-taken-over': { family: 'spread', halfLifeSeconds: 2 * HOUR },
  beacon: { family: 'command', halfLifeSeconds: 24 * HOUR },
  'conficker-names': { family: 'command', halfLifeSeconds: 12 * HOUR },
  'conficker-ports': { family: 'command', halfLifeSeconds: 24 * HOUR },
  'failing-names': { family: 'command', halfLifeSeconds: 12 * HOUR },
  alert: { family: 'verdict', halfLifeSeconds: 6 * HOUR },
} as const satisfies Record<string, { family: Family; halfLifeSeconds: number }>;
export type DetectorName = keyof typeof DETECTORS;

/** The domain of all evidence that no sensor ties to the device's own port: one host can forge all of it. */
export const CLAIMED = 'claimed';

/** An observation weighed. `decibans` is signed; `at` in ms; `items`: how many facts it adds to what people are told. */
export interface Evidence {
  evidenceId: string;
  observationId: string;
  sensorId: string;
  detector: DetectorName;
  trustDomain: string;
  binding: 'bound' | 'claimed';
  authenticated: boolean;
  decibans: number;
  at: number;
  items: number;
  label: string;
}
