import { pino } from 'pino';

export type Logger = pino.Logger;

/** Keys whose values never reach a log line, whoever logs them. */
const SECRETS = ['password', 'secret', 'token', 'authorization', 'databaseUrl', '*.password', '*.secret', '*.token'];

/**
 * One JSON line per event on standard output: a constant message plus keys. A service that is ready to work logs the
 * message `ready`; supervisors wait for that line.
 */
export function createLogger(service: string, level = 'info'): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRETS, censor: '[redacted]' },
  });
}
