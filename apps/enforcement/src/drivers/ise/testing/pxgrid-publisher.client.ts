import { Client } from '@stomp/stompjs';
import WebSocket from 'ws';
import type { HeldSession, IseState } from './ise-state.js';
import type { OnChange } from './ise-stand-in.client.js';
import { TOPIC } from './pxgrid-routes.js';

/** Publishes what ISE would publish, straight to the broker behind the stand-in. */
export class PxgridPublisher {
  private operation = 1;

  private constructor(private readonly client: Client) {}

  static async connect(brokerPort: number): Promise<PxgridPublisher> {
    const client = new Client({
      webSocketFactory: () => new WebSocket(`ws://127.0.0.1:${brokerPort}`, []),
      forceBinaryWSFrames: true,
      reconnectDelay: 0,
    });
    await new Promise<void>((resolve, reject) => {
      client.onConnect = () => resolve();
      client.onWebSocketError = () => reject(new Error('the broker does not accept the connection'));
      client.activate();
    });
    return new PxgridPublisher(client);
  }

  /** What ISE tells when it has carried something out; one operation, and the session if there is one. */
  follow(state: IseState): OnChange {
    return ({ what, mac, policyName, radius }) => {
      if (what !== 'session') {
        const outcome = radius ? { status: 'SUCCESS' } : { status: 'FAILURE', failureReason: 'no live session' };
        const operationId = `ise-admin-1:${this.operation++}`;
        this.send(TOPIC.anc, { operationId, macAddress: mac.toUpperCase(), policyName, ...outcome });
      }
      const session = state.sessions.get(mac);
      if (session) this.session(session);
    };
  }

  session(session: HeldSession, at: Date = session.authenticatedAt): void {
    const { mac, auditSessionId, nasIp, portId, profile, vlan, live } = session;
    const told = {
      timestamp: at.toISOString(),
      state: live ? 'STARTED' : 'DISCONNECTED',
      userName: mac,
      callingStationId: mac.toUpperCase(),
      macAddress: mac.toUpperCase(),
      auditSessionId,
      nasIpAddress: nasIp,
      nasPortId: portId,
      selectedAuthzProfiles: [profile],
      ...(vlan === null ? {} : { tunnelPrivateGroupId: `${vlan}` }),
    };
    this.send(TOPIC.session, { sessions: [told] });
  }

  close(): Promise<void> {
    return this.client.deactivate();
  }

  private send(destination: string, value: unknown): void {
    this.client.publish({ destination, body: JSON.stringify(value) });
  }
}
