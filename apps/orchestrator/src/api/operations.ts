import type { z } from 'zod';
import type { Role } from '#tokens';
import type { ProblemName } from './problems.js';
import * as request from './requests.js';
import * as resource from './resources.js';

/** One operation of the REST interface. The controllers do it; this table says it, and a test holds them together. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  /** With `{name}` parameters, as OpenAPI writes it. */
  path: string;
  role: Role | 'none';
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType | 'text/csv' | 'text/yaml';
  answer: { status: number; schema?: z.ZodType; media?: string };
  problems: ProblemName[];
}

const open: ProblemName[] = [
  'quarantine-open',
  'protected',
  'infrastructure',
  'no-attachment',
  'kill-switch-on',
  'not-found',
];
const approve: ProblemName[] = [
  'plan-pending',
  'plan-stale',
  'plan-impossible',
  'already-decided',
  'limit-reached',
  'required-flow-cut',
  'kill-switch-on',
  'protected',
  'infrastructure',
  'same-person',
  'not-found',
];
const text = (media: string): Operation['answer'] => ({ status: 200, media });
const json = (schema: z.ZodType, status = 200): Operation['answer'] => ({ status, schema });

export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/devices',
    role: 'viewer',
    summary: 'Devices, with their attachments, assessment, contract and open quarantine',
    query: request.deviceQuery,
    answer: json(resource.deviceList),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/devices/{id}',
    role: 'viewer',
    summary: 'One device',
    answer: json(resource.device),
    problems: ['not-found'],
  },
  {
    method: 'put',
    path: '/v1/devices/{id}/hold',
    role: 'operator',
    summary: 'Stop every write for this device but a release',
    body: request.reasonRequest,
    answer: { status: 204 },
    problems: ['not-found'],
  },
  {
    method: 'delete',
    path: '/v1/devices/{id}/hold',
    role: 'operator',
    summary: 'End the hold',
    body: request.reasonRequest,
    answer: { status: 204 },
    problems: ['not-found'],
  },
  {
    method: 'post',
    path: '/v1/inventory',
    role: 'admin',
    summary: 'Import a site’s inventory: all of it or nothing',
    query: request.inventoryQuery,
    body: 'text/csv',
    answer: json(resource.importResult),
    problems: ['invalid-inventory'],
  },
  {
    method: 'get',
    path: '/v1/quarantines',
    role: 'viewer',
    summary: 'Quarantines, newest first',
    query: request.quarantineQuery,
    answer: json(resource.quarantineList),
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/quarantines',
    role: 'operator',
    summary: 'Propose an isolation',
    body: request.openRequest,
    answer: json(resource.decided, 201),
    problems: open,
  },
  {
    method: 'get',
    path: '/v1/quarantines/{id}',
    role: 'viewer',
    summary: 'One quarantine with its evidence, plan and approvals; ETag is its version',
    answer: json(resource.quarantine),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/quarantines/{id}/timeline',
    role: 'viewer',
    summary: 'What happened, in order',
    answer: json(resource.timeline),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/quarantines/{id}/undo',
    role: 'operator',
    summary: 'The commands that undo it by hand',
    answer: text('text/plain'),
    problems: ['not-found'],
  },
  {
    method: 'post',
    path: '/v1/quarantines/{id}/approvals',
    role: 'approver',
    summary: 'Approve the plan with this digest',
    body: request.approvalRequest,
    answer: json(resource.approvalResult, 201),
    problems: approve,
  },
  {
    method: 'post',
    path: '/v1/quarantines/{id}/rejections',
    role: 'approver',
    summary: 'Reject the proposal',
    body: request.reasonRequest,
    answer: json(resource.decided, 201),
    problems: ['already-decided', 'not-found'],
  },
  {
    method: 'post',
    path: '/v1/quarantines/{id}/releases',
    role: 'approver',
    summary: 'Take our overlay away and nothing else',
    body: request.reasonRequest,
    answer: json(resource.decided, 201),
    problems: ['not-approved', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/stream',
    role: 'viewer',
    summary: 'Quarantine events as server-sent events; Last-Event-ID goes on from there',
    answer: text('text/event-stream'),
    problems: ['stream-too-old', 'invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/sensors',
    role: 'viewer',
    summary: 'Sensors and their health',
    answer: json(resource.sensorList),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/points',
    role: 'viewer',
    summary: 'Enforcement points: what each can honestly do, whether it answers, its last drill',
    query: request.pageQuery,
    answer: json(resource.pointList),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/points/{id}',
    role: 'viewer',
    summary: 'One enforcement point',
    answer: json(resource.point),
    problems: ['not-found'],
  },
  {
    method: 'post',
    path: '/v1/points/{id}/drills',
    role: 'admin',
    summary: 'Drill a point: ask what is harmless, or isolate a test device and measure',
    body: request.drillRequest,
    answer: json(resource.askedDrill, 201),
    problems: ['point-silent', 'drill-running', 'no-test-port', 'kill-switch-on', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/drills/{id}',
    role: 'viewer',
    summary: 'One drill with what it has found',
    answer: json(resource.drill),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/readiness',
    role: 'viewer',
    summary: 'Whether each device could be seen, isolated and kept working now, and what is missing',
    query: request.readinessQuery,
    answer: json(resource.readiness),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/policy',
    role: 'viewer',
    summary: 'The policy in force',
    answer: json(resource.policyInForce),
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/policy/checks',
    role: 'viewer',
    summary: 'Check a policy file without taking it into force',
    body: 'text/yaml',
    answer: json(resource.policyCheck),
    problems: ['invalid-policy'],
  },
  {
    method: 'get',
    path: '/v1/limits',
    role: 'viewer',
    summary: 'Limits of isolations an hour and what is used of them',
    answer: json(resource.limitList),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/kill-switch',
    role: 'viewer',
    summary: 'Whether every write but a release is stopped',
    answer: json(resource.killSwitch),
    problems: [],
  },
  {
    method: 'put',
    path: '/v1/kill-switch',
    role: 'admin',
    summary: 'Stop every write but a release, or allow them again',
    body: request.killSwitchRequest,
    answer: json(resource.killSwitch),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/audit',
    role: 'admin',
    summary: 'The audit, by its sequence',
    query: request.auditQuery,
    answer: json(resource.auditList),
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/tokens',
    role: 'admin',
    summary: 'Tokens that are not revoked, without their secrets',
    answer: json(resource.tokenList),
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/tokens',
    role: 'admin',
    summary: 'Make a token; its text is shown this once',
    body: request.tokenRequest,
    answer: json(resource.newToken, 201),
    problems: ['name-taken'],
  },
  {
    method: 'delete',
    path: '/v1/tokens/{id}',
    role: 'admin',
    summary: 'Revoke a token',
    answer: { status: 204 },
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/webhooks',
    role: 'viewer',
    summary: 'Receivers of webhooks: what they have taken, what waits, and what was given up',
    answer: json(resource.webhookList),
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/webhooks/{name}/retries',
    role: 'admin',
    summary: 'Try again what was given up',
    answer: json(resource.webhookRetry),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    role: 'none',
    summary: 'This document',
    answer: text('application/json'),
    problems: [],
  },
  {
    method: 'get',
    path: '/asyncapi.json',
    role: 'none',
    summary: 'The events',
    answer: text('application/json'),
    problems: [],
  },
  {
    method: 'get',
    path: '/schemas/{name}',
    role: 'none',
    summary: 'The JSON Schema of an event',
    answer: text('application/schema+json'),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/problems/{name}',
    role: 'none',
    summary: 'What a problem means and what to do',
    answer: text('text/plain'),
    problems: ['not-found'],
  },
  {
    method: 'get',
    path: '/health/live',
    role: 'none',
    summary: 'The process runs',
    answer: text('application/json'),
    problems: [],
  },
  {
    method: 'get',
    path: '/health/ready',
    role: 'none',
    summary: 'Database and broker answer',
    answer: text('application/json'),
    problems: ['unavailable'],
  },
];

/** Problems that an operation answers with beside its own: whoever asks, with whatever request. */
export function problemsOf(operation: Operation): ProblemName[] {
  const people: ProblemName[] =
    operation.role === 'none' ? [] : ['unauthenticated', 'token-expired', 'forbidden', 'unavailable'];
  const reads = operation.body ?? operation.query ?? operation.path.includes('{');
  const request: ProblemName[] = reads ? ['invalid-request'] : [];
  const body: ProblemName[] = operation.body ? ['too-large'] : [];
  return [...new Set([...people, ...request, ...body, ...operation.problems, 'failed' as const])];
}
