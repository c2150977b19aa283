/** What can be wrong with a datagram, a set, a template or a sample. Each is counted under its own name. */
export const REFUSALS = {
  huge: 'huge',
  truncated: 'truncated',
  wrongVersion: 'wrong-version',
  undeclaredExporter: 'undeclared-exporter',
  badSet: 'bad-set',
  badTemplate: 'bad-template',
  tooManyTemplates: 'too-many-templates',
  unknownTemplate: 'unknown-template',
  truncatedRecord: 'truncated-record',
  tooManyRecords: 'too-many-records',
  badSample: 'bad-sample',
} as const;
export type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];
