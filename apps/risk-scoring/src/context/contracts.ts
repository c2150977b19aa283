import type { Attempt, ContractResolved } from '#events';

type Contract = ContractResolved['data'];

/** The contracts of all devices, indexed by what an attempt shows. */
export class Contracts {
  private readonly byDevice = new Map<string, { revision: number; flows: ReadonlySet<string> }>();

  /** Takes the newest revision of a device's contract; an older one is ignored. */
  put(contract: Contract): void {
    const known = this.byDevice.get(contract.deviceId);
    if (known && known.revision > contract.revision) return;
    const flows = new Set(
      contract.flows.map((flow) => flowKey(flow.opener, flow.peerAddress, flow.transport, flow.port)),
    );
    this.byDevice.set(contract.deviceId, { revision: contract.revision, flows });
  }

  /**
   * Whether the attempt is a flow of either side's contract: the opener's own, or, where the peer is a known device, a
   * flow of the peer that its peer opens (the archive's call-back is in the contract of the modality).
   */
  hasFlow(deviceId: string, attempt: Attempt): boolean {
    const { transport, port, peerDeviceId } = attempt;
    if (this.flows(deviceId)?.has(flowKey('device', attempt.peerAddress, transport, port))) return true;
    if (peerDeviceId === null) return false;
    return this.flows(peerDeviceId)?.has(flowKey('peer', attempt.localAddress, transport, port)) ?? false;
  }

  private flows(deviceId: string): ReadonlySet<string> | undefined {
    return this.byDevice.get(deviceId)?.flows;
  }
}

function flowKey(opener: 'device' | 'peer', peer: string, transport: string, port: number): string {
  return `${opener} ${peer} ${transport} ${port}`;
}
