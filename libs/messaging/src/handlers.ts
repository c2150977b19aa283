import type { LazaretEvent } from '#events';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventContext } from './event-context.js';

/** What Nest made of an `@EventPattern` method. */
export type HandlerCallback = (event: LazaretEvent, context: EventContext) => Promise<unknown>;

export const DELIVERY = { upsert: 'upsert', once: 'once' } as const;
export type Delivery = (typeof DELIVERY)[keyof typeof DELIVERY];

export interface Handler {
  delivery: Delivery;
  call: HandlerCallback;
}

/** `delivery` as the decorator's extras name it; `upsert` unless said. */
export function deliveryOf(extras: Record<string, unknown> | undefined): Delivery {
  const delivery = extras?.['delivery'] ?? DELIVERY.upsert;
  if (delivery !== DELIVERY.upsert && delivery !== DELIVERY.once) throw new Error('delivery is `upsert` or `once`');
  return delivery;
}

/** Waits until the method is done, whether it gave a promise or a stream; an empty stream is done too. */
export async function callHandler(handler: Handler, event: LazaretEvent, context: EventContext): Promise<void> {
  const result = await handler.call(event, context);
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
