import { userInfo } from 'node:os';
import type { AuditEvent } from '../domain/ports.ts';

/** Whoever may reach the database is no person of the directory: the audit says as whom they were signed in. */
export function byOperator(event: Omit<AuditEvent, 'actor' | 'outcome'>): AuditEvent {
  const detail = { ...event.detail, account: userInfo().username };
  return { ...event, detail, actor: 'operator', outcome: 'intended' };
}
