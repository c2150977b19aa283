import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { jsonSchemas } from './documents.js';
import { evidenceId, newId, observationId } from './ids.js';
import { makeEvent, schemaName } from './make-event.js';
import { TOPICS, topicOf, topicRules, topicSchemas, typesOf } from './topics.js';

const deviceId = newId();
const at = new Date('2026-01-05T08:00:02.000Z');

function sensor() {
  return makeEvent({
    type: 'lazaret.sensor.reported',
    source: '/discovery',
    subject: 'ovs-1-ipfix',
    time: at,
    data: {
      sensorId: 'ovs-1-ipfix',
      kind: 'ipfix',
      site: 'north',
      trustDomain: 'switch',
      authenticated: true,
      authenticatedBy: 'management-network',
      covers: ['point:ovs-1'],
      lastRecordAt: null,
      observedUntil: null,
      clockOffsetMs: 0,
      recordsPerSecond: 212,
      lost: 0,
      droppedBySocket: 0,
      parseFailures: 0,
      problems: [],
    },
  });
}

describe('events', () => {
  it('are CloudEvents whose key is the subject unless another is named', () => {
    const event = sensor();
    expect(event).toMatchObject({
      specversion: '1.0',
      partitionkey: 'ovs-1-ipfix',
      time: '2026-01-05T08:00:02.000Z',
      simulated: false,
    });
    expect(event.dataschema).toBe('/schemas/lazaret.sensor.reported.v1.json');
    expect(topicSchemas[TOPICS.sensors].parse(event)).toEqual(event);
  });

  it('ignore fields that a reader does not know, and refuse a wrong one by its path', () => {
    const event = { ...sensor(), extension: 'x', data: { ...sensor().data, colour: 'red' } };
    expect(topicSchemas[TOPICS.sensors].safeParse(event).success).toBe(true);
    const wrong = topicSchemas[TOPICS.sensors].safeParse({ ...event, data: { ...event.data, lost: -1 } });
    expect(wrong.error?.issues[0]?.path).toEqual(['data', 'lost']);
  });

  it('belong to one topic each, and every topic has writers and a rule', () => {
    const types = Object.values(TOPICS).flatMap(typesOf);
    expect(new Set(types).size).toBe(types.length);
    for (const topic of Object.values(TOPICS)) {
      expect(topicRules[topic].writers.length).toBeGreaterThan(0);
      for (const type of typesOf(topic)) expect(topicOf(type)).toBe(topic);
    }
  });

  it('have JSON Schemas that another validator takes and that judge alike', () => {
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const schemas = jsonSchemas();
    const validate = ajv.compile(schemas[schemaName('lazaret.sensor.reported')] ?? false);
    expect(validate(sensor())).toBe(true);
    expect(validate({ ...sensor(), time: 'yesterday' })).toBe(false);
    expect(Object.keys(schemas)).toContain('lazaret.quarantine.v1');
    for (const [name, schema] of Object.entries(schemas))
      expect(() => ajv.compile({ ...schema, $id: `copy-${name}` })).not.toThrow();
  });
});

describe('ids', () => {
  it('of the same position are the same, of another are another', () => {
    const position = ['10.99.0.2', 10, 4711, 3] as const;
    expect(observationId(...position)).toBe(observationId(...position));
    expect(observationId(...position)).toMatch(/^[0-9a-f]{32}$/);
    expect(observationId('1', '23')).not.toBe(observationId('12', '3'));
    expect(evidenceId('scan', 'ab')).toBe('scan-ab');
  });

  it('made anew grow with time', () => {
    expect(deviceId < newId()).toBe(true);
  });
});
