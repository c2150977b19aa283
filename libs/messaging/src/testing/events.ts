import { makeEvent, type SensorReported } from '#events';

/** An event like any other, with a number that is easy to see. */
export function numbered(n: number, key = 'sensor'): SensorReported {
  return makeEvent({
    type: 'lazaret.sensor.reported',
    source: '/discovery',
    subject: key,
    time: new Date('2026-01-05T08:00:00.000Z'),
    data: {
      sensorId: key,
      kind: 'ipfix',
      site: 'north',
      trustDomain: 'switch',
      authenticated: true,
      authenticatedBy: null,
      covers: [],
      lastRecordAt: null,
      observedUntil: null,
      clockOffsetMs: 0,
      recordsPerSecond: n,
      lost: 0,
      droppedBySocket: 0,
      parseFailures: 0,
      problems: [],
    },
  });
}

export function numberIn(value: Buffer | string | null): number {
  return (JSON.parse(value?.toString() ?? 'null') as SensorReported).data.recordsPerSecond;
}
