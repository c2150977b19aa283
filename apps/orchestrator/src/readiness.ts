/** Whether the service has read everything that was in the log when it started. */
export class Readiness {
  isReady = false;
}
