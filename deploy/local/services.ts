import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftover } from './pid-file.js';
import { Service, type ServiceRequest, type Supervision } from './service.js';

export interface ServicesRequest extends Supervision {
  services: readonly ServiceRequest[];
}

export interface Services {
  readonly all: readonly Service[];
  /** Throws for a name that was not started. */
  get(name: string): Service;
  /** Orderly end of all, side by side. */
  stop(): Promise<void>;
}

/**
 * Starts service processes side by side and resolves when each has said that it is ready. When one can't start,
 * the others are stopped and the error shows its last lines. Auto-restart begins once all have been ready.
 * Services of a killed run in the same folder are ended first.
 */
export async function startServices({ services, ...supervision }: ServicesRequest): Promise<Services> {
  const pids = join(supervision.stateDir, 'pids');
  for (const name of existsSync(pids) ? readdirSync(pids) : []) {
    const left = await endLeftover(join(pids, name), 'SIGTERM');
    if (left) supervision.log(`ended a ${name} left behind by a killed run`);
  }
  const all = services.map((request) => new Service(request, supervision));
  const stop = async () => void (await Promise.all(all.map((service) => service.stop())));
  try {
    await Promise.all(all.map((service) => service.ready()));
  } catch (error) {
    await stop();
    throw error;
  }
  if (supervision.autoRestart === true) for (const service of all) service.keepRunning();
  return {
    all,
    get: (name) => {
      const found = all.find((service) => service.name === name);
      if (found === undefined) throw new Error(`no service ${name} was started`);
      return found;
    },
    stop,
  };
}
