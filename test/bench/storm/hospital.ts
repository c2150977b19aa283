import { Teller } from '../../../apps/enforcement/test/teller.js';
import type { EventProducer } from '#messaging';
import type { Mood } from './switches.client.js';

/** One device at one switch, and how the world is told of it. */
export interface Patient {
  teller: Teller;
  at: string;
  port: string;
}

export interface Shape {
  switches: number;
  devices: number;
}

/** Devices spread evenly over switches, so that the first ones of every switch come first. */
export function patients({ switches, devices }: Shape, producer: EventProducer): Patient[] {
  return Array.from({ length: devices }, (_, index) => {
    const at = switchName(index % switches);
    const mac = `02:00:00:${hex(index >> 16)}:${hex((index >> 8) & 0xff)}:${hex(index & 0xff)}`;
    return { at, port: `${1 + Math.floor(index / switches)}`, teller: new Teller(producer, { pointId: at, mac }) };
  });
}

export function switchName(index: number): string {
  return `switch-${index + 1}`;
}

/** A tenth of the switches is silent, a twentieth refuses; spread over all of them. */
export function moodOf(index: number): Mood {
  if (index % 10 === 3) return 'silent';
  return index % 20 === 7 ? 'refusing' : 'healthy';
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
