import { isAttempt, type LabelledFlow } from './traffic.js';

/** What the makers of a data set say of its devices. `unknown`: they say nothing, so nothing is found or missed. */
export interface Truth {
  infected: ReadonlySet<string>;
  /** Whether every other device is known to be healthy. */
  othersHealthy: boolean;
  /** Attacked by others; healthy themselves. */
  victims: ReadonlySet<string>;
}

const MALICIOUS = /malicious|botnet|attack|infect/i;

export const UNKNOWN: Truth = { infected: new Set(), victims: new Set(), othersHealthy: false };

/** Said by the descriptions of the public data sets, for those that carry no labels. */
const DESCRIBED: readonly (readonly [name: RegExp, truth: Truth])[] = [
  [/(^|\/)nmap$/, infected('172.16.1.11')],
  [/(^|\/)test7-malicious$/, infected('192.168.2.16')],
  [/(^|\/)mirai\/suricata\//, infected('192.168.2.16')],
  [/(^|\/)synscan$/, infected('172.16.0.8')],
  [/(^|\/)(dicom[^/]*|hl7|ipp|printerproblem|kerberos-login)$/, infected()],
];

function infected(...addresses: string[]): Truth {
  return { infected: new Set(addresses), victims: new Set(), othersHealthy: true };
}

/**
 * From the labels of flows, after everything is judged: a device that opens more malicious flows than it gets is
 * infected, one that only gets them is a victim.
 */
export function truthOf(name: string, flows: readonly LabelledFlow[], inside: ReadonlySet<string>): Truth {
  const malicious = flows.filter((flow) => MALICIOUS.test(flow.label) && flow.protocol !== 'icmp' && isAttempt(flow));
  if (!flows.some(({ label }) => label !== '')) return described(name);
  const opened = tallied(malicious.map((flow) => flow.source));
  const got = tallied(malicious.map((flow) => flow.peer));
  const found = [...inside].filter((address) => (opened.get(address) ?? 0) > (got.get(address) ?? 0));
  const victims = [...inside].filter((address) => got.has(address) && !found.includes(address));
  return { infected: new Set(found), victims: new Set(victims), othersHealthy: true };
}

function described(name: string): Truth {
  return DESCRIBED.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

function tallied(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
