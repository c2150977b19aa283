/** What others have been measured to do on the same public recordings (each by its own log or by our replay). */
const RECORDED: readonly (readonly [dataSet: RegExp, detector: RegExp, figure: string])[] = [
  [/mirai|test7-malicious/, /^scan$/, 'Slips 16.8 s, Zeek 72.8 s, Suricata and CrowdSec never'],
  [/(^|\/)(nmap|synscan)$/, /^scan$/, 'Slips 514 s, Zeek 514 s and 1 of 99 ports'],
  [/benign-day/, /^assessment$/, 'Slips 1,731 pieces, 3 to 8 false hours of 24'],
  [/attacked-from-outside/, /^assessment$/, '"malicious flow, bad device": all victims false'],
  [/conficker-c-ports/, /^conficker-ports$/, 'SRI plug-in: 10 addresses'],
  [/rita-proxy/, /^beacon score$/, 'RITA 0.979'],
  [/benign-day/, /^beacon score$/, 'bare RITA formula: 8 at 0.8 or more'],
];

export function peersFigure(dataSet: string, detector: string): string {
  return RECORDED.find(([name, what]) => name.test(dataSet) && what.test(detector))?.[2] ?? '';
}

/** What the issue of evidence asks for and nobody has built: a run that can't judge them is not a success. */
export const NOT_BUILT: readonly string[] = [
  'scan by UDP, ICMP and ARP',
  'lateral movement and chains',
  'password guessing',
  'retry storms',
  'name model for failing names',
  'exfiltration',
  'profile learned from traffic, frozen',
  'new flows against the contract',
  'threat intelligence lists',
];
