import { createHash } from 'node:crypto';
import { canonical } from '../plan/canonical.js';

/** What a point is, for people and for the memory of its drills. */
export interface PointDescription {
  kind: string;
  /** Kind and, where the configuration names one, the model or the vendor's profile: `radius/cisco-ios-xe`. */
  model: string;
  /** SHA-256 of the point's configuration: what was drilled under another one counts no more. Files are named, not read. */
  fingerprint: string;
}

const MODEL_FIELDS = ['model', 'vendor', 'profile'] as const;

export function describePoint(config: { kind: string } & Record<string, unknown>): PointDescription {
  const named = MODEL_FIELDS.map((field) => config[field]).find((value) => typeof value === 'string');
  return {
    kind: config.kind,
    model: named === undefined ? config.kind : `${config.kind}/${named}`,
    fingerprint: createHash('sha256').update(canonical(config)).digest('hex'),
  };
}
