const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs `stop` once when this process is asked to end (Ctrl-C, SIGTERM, a closed terminal) or fails with an error
 * that nobody caught, then ends it with the usual code. A second Ctrl-C ends it at once: the kernel then ends
 * what was started (see startGuarded). Returns how to take the handlers off again.
 */
export function onEnding(stop: () => Promise<void>, log: (line: string) => void): () => void {
  let ending = false;
  const end = (code: number, reason: string) => {
    if (ending) process.exit(code);
    ending = true;
    log(reason);
    stop()
      .catch((error: unknown) => log(String(error)))
      .finally(() => process.exit(code));
  };
  const onSignal = (signal: NodeJS.Signals) =>
    end(EXIT_CODES[signal as keyof typeof EXIT_CODES], `${signal}: stopping`);
  const onError = (error: unknown) => end(1, error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  return () => {
    for (const signal of Object.keys(EXIT_CODES)) process.off(signal, onSignal);
    process.off('uncaughtException', onError);
  };
}
