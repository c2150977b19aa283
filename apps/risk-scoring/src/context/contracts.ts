import type { Attempt, FlowEnded, Opener, Transport } from '#events';

/** A flow of a contract, as far as an attempt can show it. */
export interface ContractFlow {
  opener: Opener;
  peerAddress: string;
  transport: Transport;
  port: number;
}

/** The contracts of all devices, indexed by what an attempt shows. */
export class Contracts {
  private readonly byDevice = new Map<string, ReadonlySet<string>>();

  put(deviceId: string, flows: readonly ContractFlow[]): void {
    this.byDevice.set(deviceId, new Set(flows.map((f) => flowKey(f.opener, f.peerAddress, f.transport, f.port))));
  }

  /** Whether the device has a contract at all: without one nobody knows what it should do. */
  knows(deviceId: string): boolean {
    return this.byDevice.has(deviceId);
  }

  /**
   * Whether the attempt is a flow of either side's contract: the opener's own, or, where the peer is a known device, a
   * flow of the peer that its peer opens (the archive's call-back is in the contract of the modality).
   */
  hasFlow(deviceId: string, attempt: Attempt | FlowEnded): boolean {
    const { localAddress, peerAddress, peerDeviceId, transport, port } = attempt;
    if (this.byDevice.get(deviceId)?.has(flowKey('device', peerAddress, transport, port))) return true;
    if (peerDeviceId === null) return false;
    return this.byDevice.get(peerDeviceId)?.has(flowKey('peer', localAddress, transport, port)) ?? false;
  }
}

function flowKey(opener: Opener, peer: string, transport: Transport, port: number): string {
  return `${opener} ${peer} ${transport} ${port}`;
}
