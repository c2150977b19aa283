import type { EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { isSecretOf, makeToken, parseToken, type Role } from './token.js';

/** Somebody who acts: the token's name and role. */
export interface Actor {
  name: string;
  role: Role;
}

export interface TokenRecord extends Actor {
  id: string;
  createdAt: Date;
  expiresAt: Date;
}

export type TokenCheck = { ok: true; actor: Actor } | { ok: false; reason: 'unauthenticated' | 'token-expired' };

/** Makes a token. A name is one person's or one program's; refused (`name-taken`) while another token bears it. */
export async function createToken(
  manager: EntityManager,
  wanted: { name: string; role: Role; expiresAt: Date },
  now: Date,
): Promise<{ ok: true; id: string; text: string } | { ok: false; reason: 'name-taken' }> {
  const id = v7();
  const token = makeToken(id);
  const rows = await manager.query<{ id: string }[]>(
    `INSERT INTO orchestrator.tokens (id, name, role, secret_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING RETURNING id`,
    [id, wanted.name, wanted.role, token.secretHash, now, wanted.expiresAt],
  );
  return rows.length === 1 ? { ok: true, id, text: token.text } : { ok: false, reason: 'name-taken' };
}

/** Who presents this token. An unknown, malformed or revoked one is told apart from an expired one, and no further. */
export async function checkToken(manager: EntityManager, text: string, now: Date): Promise<TokenCheck> {
  const parts = parseToken(text);
  if (!parts) return { ok: false, reason: 'unauthenticated' };
  const [row] = await manager.query<{ name: string; role: Role; secret_hash: string; expires_at: Date }[]>(
    `SELECT name, role, secret_hash, expires_at FROM orchestrator.tokens WHERE id = $1 AND revoked_at IS NULL`,
    [parts.id],
  );
  if (!row || !isSecretOf(parts.secret, row.secret_hash)) return { ok: false, reason: 'unauthenticated' };
  if (row.expires_at <= now) return { ok: false, reason: 'token-expired' };
  return { ok: true, actor: { name: row.name, role: row.role } };
}

export async function listTokens(manager: EntityManager): Promise<TokenRecord[]> {
  return manager.query<TokenRecord[]>(
    `SELECT id, name, role, created_at AS "createdAt", expires_at AS "expiresAt"
     FROM orchestrator.tokens WHERE revoked_at IS NULL ORDER BY created_at, id`,
  );
}

/** Returns whether there was such a token. */
export async function revokeToken(manager: EntityManager, id: string, now: Date): Promise<boolean> {
  const [rows] = await manager.query<[{ id: string }[], number]>(
    `UPDATE orchestrator.tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
    [id, now],
  );
  return rows.length === 1;
}
