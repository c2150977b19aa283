import { isIPv6 } from 'node:net';
import snmp, { type Session, type Varbind } from 'net-snmp';
import { DriverError, SecretFile } from '#driver';
import type { SnmpConnection } from './config.js';
import { snmpFault, type SnmpAction } from './wire/faults.js';
import { Walk, type Variable } from './wire/walk.js';

/** Rows in one answer. Sixteen fit a UDP packet even where each is a port list of a large stack. */
const REPETITIONS = 16;
/** Columns that are walked at the same time. */
const PARALLEL = 4;
/** A switch that gives more than this is not walked to its end. */
const MOST_ROWS = 200_000;
const READ_TRIES = 2;

const authProtocols = {
  sha: snmp.AuthProtocols.sha,
  sha224: snmp.AuthProtocols.sha224,
  sha256: snmp.AuthProtocols.sha256,
  sha384: snmp.AuthProtocols.sha384,
  sha512: snmp.AuthProtocols.sha512,
};
const privProtocols = {
  aes128: snmp.PrivProtocols.aes,
  aes256b: snmp.PrivProtocols.aes256b,
  aes256r: snmp.PrivProtocols.aes256r,
};

/** The value of a change, in the type that the switch expects. */
export type SetValue =
  { type: 'integer'; value: number } | { type: 'unsigned'; value: number } | { type: 'octets'; value: Buffer };

/** Name and secrets of a user or community, as the library takes them. */
export type SnmpCredentials = { community: string } | { user: ReturnType<typeof v3User> };

/** Speaks to one switch. A question is asked twice, a change once: silence after it is `no-answer`. */
export class SnmpClient {
  private session: { key: string; open: Session } | null = null;
  private readonly inner = new Map<number, SnmpClient>();

  /** `vlan`: Cisco keeps the bridge tables of each VLAN in a context, or behind `community@VLAN`. */
  constructor(
    private readonly connection: SnmpConnection,
    private readonly vlan: number | null = null,
  ) {}

  /** The same switch's tables of one VLAN. */
  inVlan(vlan: number): SnmpClient {
    const client = this.inner.get(vlan) ?? new SnmpClient(this.connection, vlan);
    this.inner.set(vlan, client);
    return client;
  }

  /** What the switch has of these; what it has not is left out. */
  async get(oids: string[]): Promise<Walk> {
    const variables = await this.reading((session) =>
      callback<Varbind[]>((done) => session.get(oids, (error, varbinds) => done(error, varbinds))),
    );
    return new Walk(variables.flatMap(variableOf));
  }

  /** All cells of these columns. */
  async walk(columns: readonly string[]): Promise<Variable[]> {
    const waiting = [...columns];
    const found: Variable[] = [];
    const worker = async (): Promise<void> => {
      for (let column = waiting.shift(); column !== undefined; column = waiting.shift()) {
        found.push(...(await this.column(column)));
        if (found.length > MOST_ROWS) throw new DriverError('bad-answer', `the switch gives no end of ${column}`);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    return found;
  }

  /** One change. The caller has asked the switch before, so that silence means a lost change or a lost answer. */
  async set(oid: string, { type, value }: SetValue): Promise<void> {
    const objectType = {
      integer: snmp.ObjectType.Integer,
      unsigned: snmp.ObjectType.Gauge,
      octets: snmp.ObjectType.OctetString,
    };
    const session = await this.open();
    await callback((done) => session.set([{ oid, type: objectType[type], value }], done)).catch((error: unknown) =>
      this.fail(error, 'set'),
    );
  }

  close(): void {
    this.session?.open.close();
    this.session = null;
    for (const client of this.inner.values()) client.close();
  }

  private column(oid: string): Promise<Variable[]> {
    return this.reading(async (session) => {
      const found: Variable[] = [];
      await callback((done) =>
        session.subtree(
          oid,
          REPETITIONS,
          (varbinds: Varbind[]) => {
            found.push(...varbinds.flatMap(variableOf));
            return found.length > MOST_ROWS ? true : undefined;
          },
          (error) => done(error),
        ),
      );
      return found;
    });
  }

  private async reading<T>(ask: (session: Session) => Promise<T>): Promise<T> {
    for (let left = READ_TRIES - 1; ; left--) {
      const session = await this.open();
      try {
        return await ask(session);
      } catch (error) {
        if (left === 0 || !isTimeout(error)) return this.fail(error, 'get');
      }
    }
  }

  /** A changed secret opens a new session. */
  private async open(): Promise<Session> {
    const credentials = await credentialsOf(this.connection);
    const key = JSON.stringify(credentials);
    if (this.session?.key === key) return this.session.open;
    this.session?.open.close();
    const { host, port, timeoutMs } = this.connection;
    const options = {
      port,
      timeout: timeoutMs,
      retries: 0,
      transport: isIPv6(host) ? ('udp6' as const) : ('udp4' as const),
    };
    const open =
      'community' in credentials
        ? snmp.createSession(host, credentials.community + (this.vlan === null ? '' : `@${this.vlan}`), {
            ...options,
            version: snmp.Version2c,
          })
        : snmp.createV3Session(host, credentials.user, {
            ...options,
            ...(this.vlan === null ? {} : { context: `vlan-${this.vlan}` }),
          });
    // What can't be parsed is not heard: the request that waits for it times out.
    open.on('error', () => undefined);
    this.session = { key, open };
    return open;
  }

  private fail(error: unknown, action: SnmpAction): never {
    const { host, port } = this.connection;
    throw snmpFault(error, action, `${host}:${port}`);
  }
}

export async function credentialsOf(
  from:
    | { version: 'v2c'; communityFile: string }
    | Omit<Extract<SnmpConnection, { version: 'v3' }>, 'host' | 'port' | 'timeoutMs'>,
): Promise<SnmpCredentials> {
  if (from.version === 'v2c') return { community: await new SecretFile(from.communityFile).read() };
  const [authKey, privKey] = await Promise.all([
    new SecretFile(from.authenticationFile).read(),
    new SecretFile(from.privacyFile).read(),
  ]);
  return { user: v3User(from, authKey, privKey) };
}

function v3User(
  {
    user: name,
    authentication,
    privacy,
  }: Pick<Extract<SnmpConnection, { version: 'v3' }>, 'user' | 'authentication' | 'privacy'>,
  authKey: string,
  privKey: string,
) {
  return {
    name,
    level: snmp.SecurityLevel.authPriv,
    authProtocol: authProtocols[authentication],
    authKey,
    privProtocol: privProtocols[privacy],
    privKey,
  };
}

function variableOf(varbind: Varbind): Variable[] {
  if (snmp.isVarbindError(varbind)) return [];
  const { oid, value } = varbind;
  return typeof value === 'number' || typeof value === 'string' || Buffer.isBuffer(value) ? [{ oid, value }] : [];
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'RequestTimedOutError';
}

function callback<T>(start: (done: (error: Error | null, value?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}
