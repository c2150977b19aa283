import { z } from 'zod';

/** The words that several events share. Each is fixed by the design; a synonym is a mistake. */
export const CRITICALITIES = ['routine', 'important', 'life-critical'] as const;
export const SERVICES = [
  'dicom-store',
  'dicom-worklist',
  'dicom-mpps',
  'dicom-commitment',
  'dicom-query',
  'dicom-print',
  'hl7',
  'dns',
  'ntp',
  'dhcp',
  'login',
  'licence',
  'inner',
  'vendor',
] as const;
export const OPENERS = ['device', 'peer'] as const;
export const TRANSPORTS = ['tcp', 'udp'] as const;
export const ADDRESSINGS = ['static', 'dhcp', 'unknown'] as const;
export const PEER_KINDS = ['ae-title', 'asset', 'name', 'address'] as const;
export const BINDINGS = ['bound', 'contradicted', 'claimed'] as const;
export const OUTCOMES = ['answered', 'refused', 'unreachable', 'silent', 'denied'] as const;
export const ANSWERS = ['answered', 'nxdomain', 'servfail', 'refused', 'silent', 'unknown'] as const;
export const FAMILIES = ['spread', 'command', 'theft', 'verdict'] as const;
export const LEVELS = ['none', 'watch', 'propose', 'isolate'] as const;
export const DECISIONS = ['proposed', 'approved', 'rejected', 'withdrawn', 'lapsed', 'released', 'closed'] as const;
export const TRUTHS = ['intended', 'acknowledged', 'proven'] as const;
export const PLAN_MODES = ['filter', 'vlan-bridged', 'vlan-routed'] as const;
export const CONDITIONS = [
  'Ambiguous',
  'Failed',
  'Drifted',
  'Conflict',
  'Held',
  'Unreachable',
  'PendingReconnect',
  'Blind',
  'ClinicalBroken',
  'ReviewDue',
] as const;
export const ON_CLINICAL_BROKEN = ['keep', 'lift'] as const;

export type Criticality = (typeof CRITICALITIES)[number];
export type Service = (typeof SERVICES)[number];
export type Opener = (typeof OPENERS)[number];
export type Transport = (typeof TRANSPORTS)[number];
export type Addressing = (typeof ADDRESSINGS)[number];
export type PeerKind = (typeof PEER_KINDS)[number];
export type Binding = (typeof BINDINGS)[number];
export type Outcome = (typeof OUTCOMES)[number];
export type Answer = (typeof ANSWERS)[number];
export type Family = (typeof FAMILIES)[number];
export type Level = (typeof LEVELS)[number];
export type Decision = (typeof DECISIONS)[number];
export type Truth = (typeof TRUTHS)[number];
export type PlanMode = (typeof PLAN_MODES)[number];
export type Condition = (typeof CONDITIONS)[number];

/** RFC 3339, UTC, milliseconds, `Z`. */
export const time = z.iso.datetime({ precision: 3 });
export const id = z.string().min(1).max(64);
export const mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'expected a MAC address, lower case, colons');
export const address = z.union([z.ipv4(), z.ipv6()]);
export const port = z.int().min(0).max(65535);
export const vlan = z.int().min(0).max(4094);
export const decibans = z.number();
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');
export const offset = z.string().regex(/^\d+$/, 'expected a Kafka offset as a string');
export const word = <const T extends readonly string[]>(words: T) => z.enum(words);
export const count = z.int().min(0);
