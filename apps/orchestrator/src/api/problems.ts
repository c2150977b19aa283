/**
 * The problems that the REST interface answers with (RFC 9457). `type` is `/problems/NAME`; the page behind it says
 * what it means and what to do. An error that a tired operator can't act on is a defect.
 */
export const PROBLEMS = {
  unauthenticated: {
    status: 401,
    title: 'No valid token',
    help: 'Send "Authorization: Bearer TOKEN". An admin makes tokens; the first one comes from "lazaret token create".',
  },
  'token-expired': { status: 401, title: 'The token has expired', help: 'Ask an admin for a new one.' },
  forbidden: {
    status: 403,
    title: 'Your role may not do this',
    help: 'The detail names the role that may. An admin does not approve.',
  },
  'same-person': {
    status: 403,
    title: 'You have asked for this, or have approved it already',
    help: 'Another person must approve.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    help: 'Look at the list; the id may be of another kind.',
  },
  'quarantine-open': {
    status: 409,
    title: 'The device has an open quarantine',
    help: 'Look at that quarantine: it can be approved, rejected or released.',
  },
  protected: {
    status: 409,
    title: 'The device is on the protected list',
    help: 'Protected devices are never isolated. The policy file holds the list.',
  },
  infrastructure: {
    status: 409,
    title: 'The device is infrastructure',
    help: 'Gateways, archives, name servers and the like are never isolated.',
  },
  'no-attachment': {
    status: 409,
    title: 'Nobody knows where the device is plugged in',
    help: 'Check the sensors of that switch, and the MAC address in the inventory.',
  },
  'kill-switch-on': {
    status: 409,
    title: 'The kill switch is on',
    help: 'Nothing is written but releases until an admin turns it off.',
  },
  'plan-pending': {
    status: 409,
    title: 'There is no plan yet',
    help: 'Enforcement has not answered. Wait a moment; if it stays so, look at the health of enforcement.',
  },
  'plan-stale': {
    status: 409,
    title: 'The plan or the policy has changed since you looked',
    help: 'Read the quarantine again and decide on the plan that stands there now.',
  },
  'plan-impossible': {
    status: 409,
    title: 'No enforcement point can make this true',
    help: 'The plan names what was refused and why.',
  },
  'already-decided': { status: 409, title: 'Somebody has decided already', help: 'The timeline says who and why.' },
  'not-approved': {
    status: 409,
    title: 'The quarantine is not approved',
    help: 'Only an approved quarantine can be released; a proposed one can be rejected.',
  },
  'limit-reached': {
    status: 409,
    title: 'A limit of isolations an hour is reached',
    help: 'The detail names the limit. It protects the clinic from a mistake: look at what was isolated in this hour.',
  },
  'required-flow-cut': {
    status: 409,
    title: 'The plan would cut a required clinical flow',
    help: 'The detail names the flows. Mend the inventory or the enforcement point, then a new plan is made.',
  },
  'stream-too-old': {
    status: 410,
    title: 'The stream no longer holds what came after that event',
    help: 'Read the lists again, then open the stream without Last-Event-ID.',
  },
  'invalid-request': {
    status: 422,
    title: 'The request is not valid',
    help: 'Each error has a pointer into the request, a code and a detail.',
  },
  'invalid-inventory': {
    status: 422,
    title: 'The inventory is not valid; nothing was imported',
    help: 'Each error has its row and column. Mend them all and send the file again.',
  },
  'invalid-policy': { status: 422, title: 'The policy is not valid', help: 'Each error names its place in the file.' },
  'name-taken': {
    status: 409,
    title: 'Another token bears that name',
    help: 'A name is one person or one program, so that approvals can be counted. Revoke the other token first.',
  },
  'point-silent': {
    status: 409,
    title: 'Enforcement has not reported this point for a while',
    help: 'Nothing would carry the drill out. Look at the health of enforcement, then ask again.',
  },
  'drill-running': {
    status: 409,
    title: 'A drill of this point has not ended',
    help: 'Wait for its end: the detail names it. What a drill has written is always taken away again.',
  },
  'no-test-port': {
    status: 409,
    title: 'This port and device may not be drilled on',
    help: "Enforcement's own file names the ports and test devices (drills). Nobody else can, so that no patient's scanner is drilled on.",
  },
  'too-large': {
    status: 413,
    title: 'The request is too large',
    help: 'A file may have 8 MiB, any other request 256 KiB. Split the inventory by site.',
  },
  unavailable: {
    status: 503,
    title: 'Lazaret is not ready, or its database can not be reached',
    help: 'Nothing was changed. Try again; what is isolated stays isolated.',
  },
  failed: {
    status: 500,
    title: 'Lazaret failed; its log says why',
    help: 'This is a defect. What was asked was not done; what is isolated stays isolated. Send the log to whoever maintains Lazaret.',
  },
} as const;
export type ProblemName = keyof typeof PROBLEMS;

/** Extension members of a problem document, such as `errors`. */
export type ProblemExtensions = Record<string, unknown>;

/** Thrown at the edge only: rules answer with values. */
export class ProblemError extends Error {
  constructor(
    readonly problem: ProblemName,
    readonly detail?: string,
    readonly extensions: ProblemExtensions = {},
  ) {
    super(PROBLEMS[problem].title);
    this.name = 'ProblemError';
  }
}

/** The `application/problem+json` document of a problem. */
export function problemDocument(
  name: ProblemName,
  detail?: string,
  extensions: ProblemExtensions = {},
): ProblemExtensions {
  const { status, title } = PROBLEMS[name];
  return { type: `/problems/${name}`, title, status, ...(detail === undefined ? {} : { detail }), ...extensions };
}

export function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(PROBLEMS, name);
}
