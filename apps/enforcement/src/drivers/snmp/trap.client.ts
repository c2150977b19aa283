import { isIPv6 } from 'node:net';
import { lookup } from 'node:dns/promises';
import snmp from 'net-snmp';
import type { Logger } from '#observability';
import type { SnmpNotifications } from './config.js';
import { credentialsOf, type SnmpCredentials } from './snmp.client.js';
import { hintOf, type NotificationKind } from './wire/notification.js';

/** The part of the library's receiver that is used; its own types leave it open. */
interface Receiver {
  getAuthorizer(): {
    addCommunity(community: string): void;
    addUser(user: Extract<SnmpCredentials, { user: unknown }>['user']): void;
  };
  close(done?: () => void): void;
}
interface Notification {
  pdu: { varbinds: { oid: string; value: unknown }[]; type: number; enterprise?: string; generic?: number };
  rinfo: { address: string };
}
type CreateReceiver = (
  options: Record<string, unknown>,
  received: (error: Error | null, notification?: Notification) => void,
) => Receiver;

/**
 * Takes traps and informs of one switch, by its community or user, and from its address only. A notification is a hint to
 * read; nothing in it is believed. The secrets are read when it starts.
 */
export class TrapClient {
  private constructor(private readonly receiver: Receiver) {}

  static async listen(
    from: SnmpNotifications,
    switchHost: string,
    received: (kind: NotificationKind) => void,
    logger?: Pick<Logger, 'warn'>,
  ): Promise<TrapClient> {
    const credentials = await credentialsOf(from);
    const { address: sender } = await lookup(switchHost).catch(() => ({ address: switchHost }));
    const transport = isIPv6(from.host) ? 'udp6' : 'udp4';
    let isTold = false;
    const create = snmp.createReceiver as CreateReceiver;
    const receiver = create(
      {
        port: from.port,
        address: from.host,
        transport,
        disableAuthorization: false,
        accessControlModelType: snmp.AccessControlModelType.None,
      },
      (error, notification) => {
        if (error || !notification) {
          // Anybody can send to this port: what is not ours fills no log.
          if (!isTold)
            logger?.warn({ name: error?.name, address: from.host, port: from.port }, 'a notification was not taken');
          isTold = true;
          return;
        }
        if (notification.rinfo.address.replace(/^::ffff:/, '') !== sender) return;
        received(hintOf(notification.pdu));
      },
    );
    const authorizer = receiver.getAuthorizer();
    if ('community' in credentials) authorizer.addCommunity(credentials.community);
    else authorizer.addUser(credentials.user);
    return new TrapClient(receiver);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.receiver.close(resolve));
  }
}
