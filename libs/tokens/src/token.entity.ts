import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from './token.js';

/** A token that was made: never its secret. A revoked one stays, so that the audit's names keep their meaning. */
@Index('tokens_name', ['name'], { unique: true, where: 'revoked_at IS NULL' })
@Entity('tokens')
export class TokenEntity {
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text') role: Role;
  @Column('text', { name: 'secret_hash' }) secretHash: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
}
