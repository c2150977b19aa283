import { DriverError } from '#driver';
import { canonicalActions, canonicalMatch, textOf, type Flow } from './flow.js';

/** A flow as the switch holds it. `options` are what is not part of the match, such as time-outs. */
export interface HeldFlow extends Flow {
  cookie: bigint;
  table: number;
  packets: number;
  options: string[];
  text: string;
}

/**
 * A line of `ovs-ofctl --names dump-flows`:
 *
 *     line   = " cookie=0x…, duration=…s, table=N, n_packets=N, n_bytes=N, " {stat ", "} {flag " "} [match] " actions=" actions
 *     stat   = idle_timeout=N | hard_timeout=N | idle_age=N | hard_age=N | importance=N
 *     match  = ["priority=N"] {"," field ["=" value]}             a priority of 32768 is left out
 */
const LINE =
  /^\s*cookie=(0x[0-9a-f]+),\s+duration=[\d.]+s,\s+table=(\d+),\s+n_packets=(\d+),\s+n_bytes=\d+,\s+(.*?)\s?actions=(.*)$/;
const AGE = /^(idle_age|hard_age)=/;
const OPTION =
  /^((idle_timeout|hard_timeout|importance)=|(send_flow_rem|check_overlap|reset_counts|no_(packet|byte)_counts)$)/;
const DEFAULT_PRIORITY = 32_768;

/** Throws `bad-answer` for a flow that can't be read: one that is not seen must not be taken for one that is not there. */
export function parseFlows(output: string): HeldFlow[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(OFPST|NXST)_/.test(line))
    .map(parseFlow);
}

function parseFlow(line: string): HeldFlow {
  const parts = LINE.exec(line);
  if (!parts) throw new DriverError('bad-answer', 'a flow of the switch could not be read');
  const tokens = parts[4]!.split(/,\s*|\s+/).filter((token) => token !== '' && !AGE.test(token));
  const priority = tokens.find((token) => token.startsWith('priority='));
  const options = tokens.filter((token) => OPTION.test(token));
  const fields = tokens.filter((token) => token !== priority && !OPTION.test(token));
  const flow: Flow = {
    priority: priority ? Number(priority.slice('priority='.length)) : DEFAULT_PRIORITY,
    match: canonicalMatch(fields),
    actions: canonicalActions(parts[5]!),
  };
  const table = Number(parts[2]);
  // What we never write shows in the text, so that it does not compare with a compiled one.
  const foreign = [...(table === 0 ? [] : [`table=${table}`]), ...options];
  const match = [flow.match, ...foreign].filter((part) => part !== '').join(',');
  return {
    ...flow,
    cookie: BigInt(parts[1]!),
    table,
    packets: Number(parts[3]),
    options,
    text: textOf({ ...flow, match }),
  };
}

/** How long the bridge has been running in this process of the switch: the age of its own port, `LOCAL`. Milliseconds. */
export function parseUptime(output: string): number {
  const duration = /^\s*port\s+"?LOCAL"?:[\s\S]*?duration=([\d.]+)s/m.exec(output)?.[1];
  if (duration === undefined) throw new DriverError('bad-answer', "the age of the bridge's port could not be read");
  return Math.round(Number(duration) * 1000);
}
