import type { DeviceInterface, Permit, ResolvedFlow } from '#events';
import type { Contract } from './resolve.js';

/**
 * What stays open in quarantine: each flow of the contract at each address of the device of the same family. The
 * vendor's remote service is closed there, and so is a flow to the device itself.
 */
export function permitsOf(flows: readonly ResolvedFlow[], interfaces: readonly DeviceInterface[]): Permit[] {
  const addresses = [...new Set(interfaces.flatMap(({ address }) => (address ? [address] : [])))].sort();
  return flows
    .filter(({ service, peerAddress }) => service !== 'vendor' && !addresses.includes(peerAddress))
    .flatMap((flow) =>
      addresses
        .filter((address) => address.includes(':') === flow.peerAddress.includes(':'))
        .map((deviceAddress) => ({
          flowId: flow.flowId,
          service: flow.service,
          deviceAddress,
          peerAddress: flow.peerAddress,
          transport: flow.transport,
          port: flow.port,
          opener: flow.opener,
          required: flow.required,
        })),
    );
}

/**
 * Required flows that would not stay open, in words for people: cut by the plan, without an address on our side, or
 * never resolved to an address of the peer.
 */
export function requiredFlowsCut(
  contract: Pick<Contract, 'flows' | 'unresolvedRequired'>,
  permits: readonly Permit[],
  cutFlowIds: readonly string[],
): string[] {
  const open = new Set(permits.map(({ flowId }) => flowId).filter((flowId) => !cutFlowIds.includes(flowId)));
  const cut = contract.flows.filter(
    ({ required, service, flowId }) => required && service !== 'vendor' && !open.has(flowId),
  );
  const named = cut.map(({ service, peerAddress, port }) => `${service} ${peerAddress}:${port}`);
  return [...new Set([...named, ...contract.unresolvedRequired.map((flow) => `${flow} (no address known)`)])];
}
