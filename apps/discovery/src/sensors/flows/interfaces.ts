import type { HeardRecord } from './heard.js';

/**
 * Names the port behind an interface's number: as the configuration does, else as the exporter told in its options.
 * Without a point nothing is named, since nobody would know whose ports they are.
 */
export function portNames(
  pointId: string | null,
  configured: Readonly<Record<string, string>>,
  told: (heard: HeardRecord, index: number) => string | null,
): (heard: HeardRecord, index: number | null) => string | null {
  const names = new Map(Object.entries(configured).map(([index, name]) => [Number(index), name]));
  return (heard, index) => (pointId === null || index === null ? null : (names.get(index) ?? told(heard, index)));
}
