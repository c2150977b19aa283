import type { Layout } from '../layout.js';
import { namespaceOf, type HostName } from '../network.js';
import { quote } from './commands.js';

/** The words that run a command in a host. */
export function inside(name: HostName): string {
  return `ip netns exec ${namespaceOf(name)}`;
}

/** Starts a program in a host, or beside the services if there is none; what it says goes to a log of its own. */
export function starting({ log }: Layout, name: HostName | undefined, file: string, words: string[]): string {
  const where = name ? `${inside(name)} ` : '';
  return `setsid ${where}${words.map(quote).join(' ')} >>${quote(`${log}/${file}.log`)} 2>&1 </dev/null &`;
}
