import { DriverError, type PointReading } from '#driver';
import type { Known } from '../known.js';
import { servingPoint } from '../plan/serving.js';
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
  const macs = [...new Set([...wanted.macs, ...known.numbers.keys()])];
  const read = await Promise.all(ids.map(async (id) => [id, await readOne(id, macs, points, reader)] as const));
  return new Map(read.flatMap(([id, reading]) => (reading ? [[id, reading]] : [])));
}

async function readOne(
  id: string,
  macs: readonly string[],
  points: ReadonlyMap<string, Point>,
  reader: PointReader,
): Promise<PointReading | DriverError | undefined> {
  const point = points.get(id);
  if (!point) return undefined;
  try {
    return await reader.read(point, macs);
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
}

/** Where the device is, and where we have been; for a release of which nothing is remembered, everywhere. */
function concerned({ location, state }: Known, wanted: Wanted, points: ReadonlyMap<string, Point>): string[] {
  const been = [...state.interfaces, ...state.left].flatMap((one) => one.pointId ?? []);
  if (wanted.mode === 'release' && been.length === 0) return [...points.keys()];
  const now = location?.interfaces.filter(({ mac }) => wanted.macs.includes(mac)) ?? [];
  const serving = now.flatMap(({ pointId }) => (pointId ? (servingPoint(points, pointId)?.point.facts.id ?? []) : []));
  const ids = [...been, ...serving];
  return [...new Set([...ids, ...ids.flatMap((id) => points.get(id)?.facts.policyPoint ?? [])])];
}

/** A reading that has not begun: whoever asks meanwhile adds what it is to tell of. */
interface Waiting {
  macs: Set<string>;
  reading: Promise<PointReading>;
}

/**
 * One reading at a time of each point. Who asks while one is under way shares the next, never the present one: a reading
 * must begin after the question.
 */
export class PointReader {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly next = new Map<string, Waiting>();

  read(point: Point, macs: readonly string[]): Promise<PointReading> {
    const id = point.facts.id;
    const waiting = this.next.get(id);
    if (waiting) {
      for (const mac of macs) waiting.macs.add(mac);
      return waiting.reading;
    }
    const running = this.running.get(id);
    if (!running) return this.start(point, macs);
    const asked = new Set(macs);
    const reading = running.then(() => {
      this.next.delete(id);
      return this.start(point, [...asked]);
    });
    this.next.set(id, { macs: asked, reading });
    return reading;
  }

  private start(point: Point, macs: readonly string[]): Promise<PointReading> {
    const id = point.facts.id;
    const reading = point.driver.read(macs);
    const over = reading.then(
      () => this.running.delete(id),
      () => this.running.delete(id),
    );
    this.running.set(id, over);
    return reading;
  }
}
