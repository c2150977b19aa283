import { DriverError, type PointReading } from '#driver';
import type { Known } from '../known.js';
import type { Wanted } from '../wanted/wanted.js';
import type { Point, Readings } from './point.js';

/**
 * Reads afresh every point that a wish concerns, all at once. A point that fails is named with its fault; the others
 * go on.
 */
export async function readPoints(
  known: Known,
  wanted: Wanted,
  points: ReadonlyMap<string, Point>,
  reader: PointReader,
): Promise<Readings> {
  const ids = concerned(known, wanted, points);
  const read = await Promise.all(ids.map(async (id) => [id, await readOne(id, points, reader)] as const));
  return new Map(read.flatMap(([id, reading]) => (reading ? [[id, reading]] : [])));
}

async function readOne(
  id: string,
  points: ReadonlyMap<string, Point>,
  reader: PointReader,
): Promise<PointReading | DriverError | undefined> {
  const point = points.get(id);
  if (!point) return undefined;
  try {
    return await reader.read(point);
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
}

/** Where the device is, and where we have been; for a release of which nothing is remembered, everywhere. */
function concerned({ location, state }: Known, wanted: Wanted, points: ReadonlyMap<string, Point>): string[] {
  const been = state.interfaces.flatMap((one) => one.pointId ?? []);
  if (wanted.mode === 'release' && been.length === 0) return [...points.keys()];
  const now = location?.interfaces.flatMap((one) => (wanted.macs.includes(one.mac) ? (one.pointId ?? []) : [])) ?? [];
  return [...new Set([...been, ...now])];
}

/**
 * One reading at a time of each point. Who asks while one is under way shares the next, never the present one: a reading
 * must begin after the question.
 */
export class PointReader {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly next = new Map<string, Promise<PointReading>>();

  read(point: Point): Promise<PointReading> {
    const id = point.facts.id;
    const waiting = this.next.get(id);
    if (waiting) return waiting;
    const running = this.running.get(id);
    if (!running) return this.start(point);
    const shared = running.then(() => {
      this.next.delete(id);
      return this.start(point);
    });
    this.next.set(id, shared);
    return shared;
  }

  private start(point: Point): Promise<PointReading> {
    const id = point.facts.id;
    const reading = point.driver.read();
    const over = reading.then(
      () => this.running.delete(id),
      () => this.running.delete(id),
    );
    this.running.set(id, over);
    return reading;
  }
}
