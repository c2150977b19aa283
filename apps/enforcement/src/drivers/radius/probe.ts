import type { ProbeFinding } from '#driver';
import type { Answer } from './answer.js';
import type { RadiusPoint } from './config.js';
import { attempts, type Attempt, type Session } from './request.js';
import { SESSION_NOT_FOUND } from './wire/error-cause.js';

const CHECK = 'a Disconnect for a session that does not exist is refused as such';
/** Locally administered and reserved for this question: no device has it. */
const NOBODY = '02:4c:5a:00:00:00';
/** 24 hexadecimal digits are an id of Cisco's; as an Acct-Session-Id any text will do. */
const NO_SESSION = '4C5A00000000000000000000';

/** The harmless request: it names nobody. null: this model can't be asked without a port. */
export function probeAttempt(point: RadiusPoint): Attempt | null {
  const session: Session = { mac: NOBODY, port: null, id: { kind: 'Acct-Session-Id', value: NO_SESSION } };
  return attempts(point, { request: 'disconnect', attributes: [] }, session)[0] ?? null;
}

/** What the answer to the harmless request shows. */
export function findingOf(whom: string, answer: Answer): ProbeFinding {
  if (answer.kind === 'acknowledged') {
    return { check: CHECK, ok: false, detail: `${whom} acknowledged it: what it acknowledges can't be believed` };
  }
  const { cause, meaning } = answer;
  if (cause === SESSION_NOT_FOUND) {
    return { check: CHECK, ok: true, detail: `${whom} knows us and our secret, and found no such session` };
  }
  const told = cause === null ? meaning.name : `${meaning.name}, Error-Cause ${cause}`;
  return { check: CHECK, ok: false, detail: `${whom} answered otherwise (${told}): ${meaning.advice}` };
}

/** Silence has four causes that look the same from here; a few can be told apart. */
export function silenceFinding(whom: string, point: RadiusPoint, unheard: number): ProbeFinding {
  const unsigned = point.messageAuthenticator
    ? 'it drops requests that have a Message-Authenticator (old firmware: messageAuthenticator: false)'
    : 'it wants a Message-Authenticator, which is switched off for this point';
  const causes = [
    `the secret in ${point.secretFile} is not the one that ${whom} has for us`,
    `${whom} has no entry for the address that we send from as a client of dynamic authorisation`,
    'its clock is more than 300 s from ours, so that Event-Timestamp is stale: check NTP on both',
    unsigned,
  ];
  const stranger = unheard > 0 ? `${unheard} answers came that another secret has signed: the first is likely. ` : '';
  const detail = `no answer. ${stranger}One of: ${causes.map((cause, index) => `(${index + 1}) ${cause}`).join('; ')}`;
  return { check: CHECK, ok: false, detail };
}

export function unreachableFinding(message: string): ProbeFinding {
  return { check: CHECK, ok: false, detail: `${message}: is dynamic authorisation switched on, and this its port?` };
}

export function unaskableFinding(): ProbeFinding {
  return { check: CHECK, ok: null, detail: 'this model can only be asked about a port' };
}
