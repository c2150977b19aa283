import type { Logger } from '#observability';

/** Ends the process, so that its supervisor starts it anew. Tests give their own. */
export type OnFatal = (error: Error) => void;

/** EX_SOFTWARE of sysexits.h: tells a supervisor that this was us and not a signal. */
export const FATAL_EXIT_CODE = 70;

/** A consumer that stopped leaves a process that looks well and does nothing; so the process ends. */
export function exitProcess(logger: Logger): OnFatal {
  return (error) => {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    logger.fatal({ code, reason: error.message }, 'consumer can not go on');
    process.exit(FATAL_EXIT_CODE);
  };
}
