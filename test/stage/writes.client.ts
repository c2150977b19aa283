import type { FlowObserver, PortObserver, Ward } from '../ward/index.js';
import { OURS } from './switch-tables.client.js';

/** A change of the switch's tables: of a port's row, or of one of Lazaret's flows. `at` in ms since 1970. */
export interface Write {
  at: number;
  what: string;
}

/** Everything that is written to the switch's ports and, with Lazaret's cookie, to its flows, whoever writes it. */
export class WriteObserver {
  private constructor(
    readonly ports: PortObserver,
    readonly flows: FlowObserver,
  ) {}

  static async open(ward: Ward): Promise<WriteObserver> {
    return new WriteObserver(await ward.switch.observePorts(), await ward.switch.observeFlows());
  }

  /** Writes later than a moment, oldest first. */
  after(at: number): Write[] {
    const rows = this.ports.changes.map((one) => ({ at: one.at, what: `${one.name}: ${one.changed.join(', ')}` }));
    const flows = this.flows.changes
      .filter(({ cookie }) => (cookie & OURS.mask) === OURS.cookie)
      .map((one) => ({ at: one.at, what: `${one.event} ${one.match}` }));
    return [...rows, ...flows].filter((one) => one.at > at).sort((a, b) => a.at - b.at);
  }

  stop(): void {
    this.ports.stop();
    this.flows.stop();
  }
}
