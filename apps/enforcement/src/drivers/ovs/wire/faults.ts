import { OvsdbError } from '#ovsdb';
import { DriverError } from '#driver';

/** What a call wanted. A read that gets no answer has changed nothing, so it is not ambiguous. */
export type Intent = 'read' | 'write';

/** How a run of `ovs-ofctl` ended. */
export interface ToolFailure {
  timedOut: boolean;
  /** The program itself could not be started. */
  missing: boolean;
  stderr: string;
}

export function faultOfTool(failure: ToolFailure, intent: Intent): DriverError {
  const said = failure.stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  if (failure.missing) return new DriverError('refused', 'ovs-ofctl is not installed (Debian: openvswitch-switch)');
  if (/version negotiation failed/.test(failure.stderr))
    return new DriverError('refused', 'the bridge speaks no OpenFlow 1.4');
  if (/OFPFMFC_TABLE_FULL/.test(failure.stderr)) return new DriverError('too-many-entries', 'the flow table is full');
  if (/unknown port/.test(failure.stderr)) return new DriverError('unknown-port', said);
  if (/^Error OFP|OFPT_ERROR/m.test(failure.stderr)) return new DriverError('refused', refusalLine(failure.stderr));
  // A connection that was never there has carried nothing.
  if (/ connecting to | failed to connect to socket /.test(failure.stderr)) return new DriverError('unreachable', said);
  return new DriverError(
    intent === 'write' ? 'no-answer' : 'unreachable',
    failure.timedOut ? 'no answer in time' : said,
  );
}

export function faultOfDatabase(error: unknown, intent: Intent): DriverError {
  if (error instanceof DriverError) return error;
  if (!(error instanceof OvsdbError))
    return new DriverError('bad-answer', 'the answer could not be read', { cause: error });
  const wrap = (code: ConstructorParameters<typeof DriverError>[0]): DriverError =>
    new DriverError(code, error.message, { cause: error });
  switch (error.code) {
    case 'unreachable':
      return wrap('unreachable');
    case 'no-answer':
    case 'bad-answer':
      return wrap(intent === 'write' ? error.code : 'unreachable');
    case 'refused':
      if (error.retry === 'transient') return wrap('unreachable');
      return wrap(error.retry === 'ambiguous' ? 'no-answer' : 'refused');
    case 'invalid-remote':
      return wrap('refused');
  }
}

/** The name of the error only: the rest of the line repeats our own message. */
function refusalLine(stderr: string): string {
  return `the switch refused a flow: ${/OFP[A-Z0-9]+_[A-Z_]+/.exec(stderr)?.[0] ?? 'error'}`;
}
