import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for the loopback and the authority that signed it, made for one test run. */
export interface TlsIdentity {
  key: string;
  cert: string;
  caFile: string;
  /** A folder for what else the test needs in files; it goes with the identity. */
  folder: string;
  remove(): void;
}

/** `hosts`: subject alternative names as OpenSSL takes them. */
export function newTlsIdentity(hosts = 'IP:127.0.0.1,DNS:localhost'): TlsIdentity {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-nac-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=test CA');
  const ext = ['-addext', `subjectAltName=${hosts}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
  openssl(
    'req',
    '-x509',
    ...signed,
    ...newKey,
    '-keyout',
    file('key.pem'),
    '-out',
    file('cert.pem'),
    '-subj',
    '/CN=nac',
    ...ext,
  );
  return {
    key: readFileSync(file('key.pem'), 'utf8'),
    cert: readFileSync(file('cert.pem'), 'utf8'),
    caFile: file('ca.pem'),
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
