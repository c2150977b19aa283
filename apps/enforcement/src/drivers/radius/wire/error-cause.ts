import type { DriverErrorCode } from '#driver';

/** What a NAK's Error-Cause means for us: how it is named, what to do, and whether another set of attributes may help. */
export interface ErrorCause {
  name: string;
  advice: string;
  code: Extract<DriverErrorCode, 'refused' | 'no-session' | 'misconfigured' | 'unreachable'>;
  /** The switch dislikes how it was asked: the model's next set of attributes is worth a try. */
  aboutAttributes: boolean;
}

const refused = (name: string, advice: string): ErrorCause => ({
  name,
  advice,
  code: 'refused',
  aboutAttributes: false,
});
const attributes = (name: string, advice: string): ErrorCause => ({ ...refused(name, advice), aboutAttributes: true });

/** RFC 5176 section 3.5. */
const CAUSES: ReadonlyMap<number, ErrorCause> = new Map([
  [201, refused('residual context removed', 'nothing: what was left of the session is gone')],
  [202, refused('invalid EAP packet', 'report it: this is no answer to what was asked')],
  [401, attributes('unsupported attribute', "the point's model has an attribute that this firmware does not take")],
  [402, attributes('missing attribute', "the firmware wants an attribute more: see nasPorts and the point's model")],
  [
    403,
    refused(
      'NAS identification mismatch',
      "check the point's nas: it must be the address or the name that the switch gives in its own requests",
    ),
  ],
  [404, attributes('invalid request', 'the firmware does not take a request of this form: check the model')],
  [405, attributes('unsupported service', 'the firmware does not know this command: choose another renew')],
  [
    406,
    attributes('unsupported extension', 'the switch does not take this kind of request: is dynamic authorisation on?'),
  ],
  [
    407,
    attributes(
      'invalid attribute value',
      'the VLAN, role or filter may not exist on this switch, or a name is written differently there',
    ),
  ],
  [
    501,
    refused(
      'administratively prohibited',
      'allow Lazaret, or this command, in the dynamic authorisation of the switch',
    ),
  ],
  [
    502,
    {
      ...refused('proxy request not routable', 'the proxy does not know this NAS: add it there'),
      code: 'misconfigured',
    },
  ],
  [503, { ...refused('session context not found', 'nobody is connected under this session'), code: 'no-session' }],
  [504, refused('session context not removable', 'the switch keeps this session: take it away there')],
  [505, { ...refused('proxy processing error', "look into the proxy's log"), code: 'unreachable' }],
  [506, { ...refused('resources unavailable', 'the switch has no room now: it is asked again'), code: 'unreachable' }],
  [507, refused('request initiated', 'the switch asks its server first: check that it answers')],
  [508, attributes('multiple session selection unsupported', 'several sessions fit: the session id must be known')],
]);

const UNTOLD = refused('no cause given', "look into the switch's log");

/** `cause` is the value of Error-Cause; null: the NAK had none, as some servers do. */
export function errorCause(cause: number | null): ErrorCause {
  if (cause === null) return UNTOLD;
  return CAUSES.get(cause) ?? refused(`unknown cause ${cause}`, "look into the switch's log");
}

export const ERROR_CAUSES: readonly number[] = [...CAUSES.keys()];
export const SESSION_NOT_FOUND = 503;
