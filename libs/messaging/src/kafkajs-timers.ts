// @ts-expect-error a deep import without types: kafkajs 2.2.4 has no "exports"
import RequestQueueUntyped from 'kafkajs/src/network/requestQueue/index.js';

/**
 * kafkajs 2.2.4 re-arms a timer with a delay of minus the time of day, which Node takes as 1 ms: thousands of wake-ups a
 * second and, from Node 24 on, a TimeoutNegativeWarning (tulios/kafkajs#1751). This gives the timer a delay that is
 * one. Imported before kafkajs is used; it refuses to load on a version that it does not know.
 */
interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: unknown[];
  throttledUntil: number;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const CHECK_MS = 10;
const prototype = (RequestQueueUntyped as { prototype: RequestQueue }).prototype;

if (!String(prototype.scheduleCheckPendingRequests).includes('throttledUntil')) {
  throw new Error('kafkajs changed: look at kafkajs-timers.ts again');
}

prototype.scheduleCheckPendingRequests = function scheduleCheck(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const wait = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    wait > 0 ? wait : CHECK_MS,
  );
};
