import { z } from 'zod';
import { assessmentChanged } from './schemas/assessment.js';
import { contractResolved } from './schemas/contract.js';
import { conversationsSeen } from './schemas/conversations.js';
import { deadLetterKept } from './schemas/dead-letter.js';
import { deviceChanged } from './schemas/device.js';
import { inventoryDeclared } from './schemas/inventory.js';
import { observationsReported } from './schemas/observations.js';
import { pointReported } from './schemas/point.js';
import { quarantineEvent } from './schemas/quarantine.js';
import { seenIsolation, seenPlan } from './schemas/seen.js';
import { sensorReported } from './schemas/sensor.js';
import { wantedDrill, wantedIsolation, wantedPreview } from './schemas/wanted.js';

export const TOPICS = {
  inventory: 'lazaret.inventory.v1',
  sensors: 'lazaret.sensors.v1',
  observations: 'lazaret.observations.v1',
  devices: 'lazaret.devices.v1',
  conversations: 'lazaret.conversations.v1',
  contracts: 'lazaret.contracts.v1',
  assessments: 'lazaret.assessments.v1',
  wanted: 'lazaret.wanted.v1',
  seen: 'lazaret.seen.v1',
  quarantines: 'lazaret.quarantines.v1',
  points: 'lazaret.points.v1',
  deadLetter: 'lazaret.dead-letter.v1',
} as const;
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/** The schema of everything that a topic carries. */
export const topicSchemas = {
  [TOPICS.inventory]: inventoryDeclared,
  [TOPICS.sensors]: sensorReported,
  [TOPICS.observations]: observationsReported,
  [TOPICS.devices]: deviceChanged,
  [TOPICS.conversations]: conversationsSeen,
  [TOPICS.contracts]: contractResolved,
  [TOPICS.assessments]: assessmentChanged,
  [TOPICS.wanted]: z.discriminatedUnion('type', [wantedPreview, wantedIsolation, wantedDrill]),
  [TOPICS.seen]: z.discriminatedUnion('type', [seenPlan, seenIsolation]),
  [TOPICS.quarantines]: quarantineEvent,
  [TOPICS.points]: pointReported,
  [TOPICS.deadLetter]: deadLetterKept,
} as const satisfies Record<Topic, z.ZodType>;

export type LazaretEvent = { [T in Topic]: z.infer<(typeof topicSchemas)[T]> }[Topic];
export type EventType = LazaretEvent['type'];

const DAY = 24 * 3600 * 1000;

/** How the broker keeps a topic, who writes and who reads it. `compacted`: the last value of each key stays. */
export interface TopicRule {
  kept: 'compacted' | { retentionMs: number };
  writers: readonly string[];
  readers: readonly string[];
}

const SERVICES = ['discovery', 'risk-scoring', 'orchestrator', 'enforcement'] as const;

export const topicRules: Record<Topic, TopicRule> = {
  [TOPICS.inventory]: { kept: 'compacted', writers: ['orchestrator'], readers: ['discovery'] },
  [TOPICS.sensors]: { kept: 'compacted', writers: ['discovery'], readers: SERVICES },
  [TOPICS.observations]: { kept: { retentionMs: 7 * DAY }, writers: ['discovery'], readers: ['risk-scoring'] },
  [TOPICS.devices]: { kept: 'compacted', writers: ['discovery'], readers: SERVICES },
  [TOPICS.conversations]: {
    kept: { retentionMs: 30 * DAY },
    writers: ['discovery'],
    readers: ['orchestrator', 'enforcement'],
  },
  [TOPICS.contracts]: { kept: 'compacted', writers: ['orchestrator'], readers: ['risk-scoring'] },
  [TOPICS.assessments]: { kept: 'compacted', writers: ['risk-scoring'], readers: ['orchestrator'] },
  [TOPICS.wanted]: { kept: 'compacted', writers: ['orchestrator'], readers: ['enforcement'] },
  [TOPICS.seen]: { kept: 'compacted', writers: ['enforcement'], readers: ['orchestrator', 'automation'] },
  [TOPICS.quarantines]: {
    kept: { retentionMs: 90 * DAY },
    writers: ['orchestrator'],
    readers: ['automation', 'risk-scoring'],
  },
  [TOPICS.points]: { kept: 'compacted', writers: ['enforcement'], readers: ['orchestrator', 'automation'] },
  [TOPICS.deadLetter]: { kept: { retentionMs: 30 * DAY }, writers: SERVICES, readers: ['people'] },
};

/** Partitions of every topic: the ceiling of replicas of one service. */
export const PARTITIONS = 12;

/** Which topic an event of this type belongs to. */
export function topicOf(type: EventType): Topic {
  for (const topic of Object.values(TOPICS)) {
    if (typesOf(topic).includes(type)) return topic;
  }
  throw new Error(`no topic carries ${String(type)}`);
}

/** The event types that a topic carries. */
export function typesOf(topic: Topic): EventType[] {
  const schema = topicSchemas[topic];
  const options = 'options' in schema ? schema.options : [schema];
  return options.map((option) => option.shape.type.value);
}
