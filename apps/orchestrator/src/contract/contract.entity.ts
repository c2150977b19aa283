import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A device's contract: its revision, and the flows whose peer nobody knows. */
@Entity('contracts')
export class ContractEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @Column('bigint')
  revision: string;

  @Column('text', { array: true })
  unresolved: string[];

  @Column('text', { name: 'unresolved_required', array: true })
  unresolvedRequired: string[];
}

/** A declared flow (`peer`), with its resolution (`body`: a resolved flow) or without. */
@Entity('contract_flows')
export class ContractFlowEntity {
  @PrimaryColumn('text', { name: 'device_id' })
  deviceId: string;

  @PrimaryColumn('integer')
  position: number;

  @Index('contract_flows_peer')
  @Column('text')
  peer: string;

  @Index('contract_flows_peer_device')
  @Column('text', { name: 'peer_device_id', nullable: true })
  peerDeviceId: string | null;

  @Column('text', { nullable: true })
  body: string | null;
}
