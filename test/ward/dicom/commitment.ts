/**
 * Storage commitment push model (PS3.4 annex J) on dcmjs-dimse: both sides' data sets and the service's ends. DCMTK has no such
 * service. The archive opens an association of its own to report: that call-back is what a quarantine must let in.
 */
import dimse from 'dcmjs-dimse';

const { association, constants, requests, responses } = dimse;
const { PresentationContextResult, SopClass, Status, TransferSyntax } = constants;
/** The well-known instance of the service (PS3.4 section J.3.5). */
const INSTANCE = '1.2.840.10008.1.20.1.1';
const REQUEST_COMMITMENT = 1;
const EVENT = { allCommitted: 1, someFailed: 2 } as const;
/** "No such object instance" (PS3.3 section C.14.1.1). */
const NO_SUCH_INSTANCE = 0x0112;

export interface Reference {
  sopClassUid: string;
  sopInstanceUid: string;
}

export interface CommitmentRequest {
  transaction: string;
  references: Reference[];
}

export interface CommitmentReport {
  transaction: string;
  committed: Reference[];
  failed: Reference[];
}

export interface Peer {
  address: string;
  port: number;
  callingAeTitle: string;
  calledAeTitle: string;
}

type Elements = Record<string, unknown>;

/** @returns the DIMSE status of the answer */
export async function requestCommitment(peer: Peer, request: CommitmentRequest): Promise<number> {
  const action = new requests.NActionRequest(SopClass.StorageCommitmentPushModel, INSTANCE, REQUEST_COMMITMENT);
  action.setDataset(
    new dimse.Dataset({
      TransactionUID: request.transaction,
      ReferencedSOPSequence: request.references.map(referenceItem),
    }),
  );
  return exchange(peer, action);
}

/** @returns the DIMSE status of the answer */
export async function reportCommitment(peer: Peer, report: CommitmentReport): Promise<number> {
  const event = report.failed.length ? EVENT.someFailed : EVENT.allCommitted;
  const message = new requests.NEventReportRequest(SopClass.StorageCommitmentPushModel, INSTANCE, event);
  const failed = report.failed.map((one) => ({ ...referenceItem(one), FailureReason: NO_SUCH_INSTANCE }));
  message.setDataset(
    new dimse.Dataset({
      TransactionUID: report.transaction,
      ReferencedSOPSequence: report.committed.map(referenceItem),
      ...(failed.length ? { FailedSOPSequence: failed } : {}),
    }),
  );
  // The report should propose the SCP role (PS3.4 section J.3.3); dcmjs-dimse's client can't, and both ends here are ours.
  return exchange(peer, message);
}

export interface CommitmentHandlers {
  requested?: (aeTitle: string, request: CommitmentRequest) => void;
  reported?: (report: CommitmentReport) => void;
}

/** Listens for requests (the archive's end) or reports (the modality's end) until the process ends. */
export function serveCommitment(port: number, handlers: CommitmentHandlers): void {
  class Provider extends dimse.Scp {
    private aeTitle = '';

    override associationRequested(asked: InstanceType<typeof association.Association>): void {
      this.aeTitle = asked.getCallingAeTitle();
      for (const { context } of asked.getPresentationContexts()) {
        const known = context.getAbstractSyntaxUid() === SopClass.StorageCommitmentPushModel;
        if (known) context.setResult(PresentationContextResult.Accept ?? 0, TransferSyntax.ImplicitVRLittleEndian);
        else context.setResult(PresentationContextResult.RejectAbstractSyntaxNotSupported ?? 3);
      }
      this.sendAssociationAccept();
    }

    override nActionRequest(
      request: InstanceType<typeof requests.NActionRequest>,
      callback: (response: InstanceType<typeof responses.NActionResponse>) => void,
    ): void {
      const elements = request.getDataset()?.getElements() ?? {};
      const response = responses.NActionResponse.fromRequest(request);
      response.setStatus(Status.Success ?? 0);
      callback(response);
      handlers.requested?.(this.aeTitle, {
        transaction: transactionOf(elements),
        references: listOf(elements['ReferencedSOPSequence']),
      });
    }

    override nEventReportRequest(
      request: InstanceType<typeof requests.NEventReportRequest>,
      callback: (response: InstanceType<typeof responses.NEventReportResponse>) => void,
    ): void {
      const elements = request.getDataset()?.getElements() ?? {};
      const response = responses.NEventReportResponse.fromRequest(request);
      response.setStatus(Status.Success ?? 0);
      callback(response);
      const [committed, failed] = [listOf(elements['ReferencedSOPSequence']), listOf(elements['FailedSOPSequence'])];
      handlers.reported?.({ transaction: transactionOf(elements), committed, failed });
    }

    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse();
    }
  }
  dimse.log.setLevel('warn');
  const server = new dimse.Server(Provider);
  server.on('networkError', (error: Error) => process.stderr.write(`${error.message}\n`));
  server.listen(port);
}

function exchange(peer: Peer, request: InstanceType<typeof requests.Request>): Promise<number> {
  dimse.log.setLevel('warn');
  return new Promise((resolve, reject) => {
    const client = new dimse.Client();
    let status: number | undefined;
    request.on('response', (response: InstanceType<typeof responses.Response>) => (status = response.getStatus()));
    client.addRequest(request);
    client.on('networkError', reject);
    client.on('associationRejected', () => reject(new Error('association rejected')));
    client.on('closed', () => {
      if (status === undefined) reject(new Error('closed without an answer'));
      else resolve(status);
    });
    const limits = { connectTimeout: 10_000, associationTimeout: 10_000, pduTimeout: 30_000 };
    client.send(peer.address, peer.port, peer.callingAeTitle, peer.calledAeTitle, limits);
  });
}

function referenceItem(reference: Reference): Elements {
  return { ReferencedSOPClassUID: reference.sopClassUid, ReferencedSOPInstanceUID: reference.sopInstanceUid };
}

function transactionOf(elements: Elements): string {
  return textOf(elements['TransactionUID']);
}

/** A sequence of one item may come as the item itself. */
function listOf(sequence: unknown): Reference[] {
  if (sequence === undefined || sequence === null) return [];
  const items = Array.isArray(sequence) ? (sequence as Elements[]) : [sequence as Elements];
  return items.map((item) => ({
    sopClassUid: textOf(item['ReferencedSOPClassUID']),
    sopInstanceUid: textOf(item['ReferencedSOPInstanceUID']),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
