import { activityInfo } from '@temporalio/activity';
import type { EnvironmentState } from '../src/domain/environments.ts';
import { environmentWorkflowId } from '../src/domain/ids.ts';
import type { AuditEvent, AuditLog } from '../src/domain/ports.ts';
import type { SignIn } from '../src/domain/sign-in.ts';
import type { Asked, EnvironmentContext } from './index.ts';

/** The same for every attempt of this activity, or of this question; another for the next time it is asked for. */
export function attemptsKey(what: string, question?: string): string {
  const { activityId, workflowExecution } = activityInfo();
  return `${workflowExecution?.runId ?? ''}:${question ?? activityId}:${what}`;
}

/** How it ended; one that ended unannounced says so. */
export function endDetail({ end, unwarnedSince }: EnvironmentState): Record<string, string> {
  const unannounced = end === 'expired' && unwarnedSince !== undefined;
  return {
    end: end ?? 'unknown',
    ...(unannounced ? { warning: `has reached nobody since ${unwarnedSince}` } : {}),
  };
}

/** A row about an environment. */
export async function auditEnvironment(
  audit: AuditLog,
  { state, question }: EnvironmentContext & Partial<Asked>,
  event: Pick<AuditEvent, 'action' | 'actor' | 'outcome'> & { detail?: Record<string, string> },
): Promise<void> {
  await audit.append({
    key: attemptsKey(`${event.action}:${event.actor}:${event.outcome}`, question),
    subject: environmentWorkflowId(state.cluster, state.name),
    ...event,
    detail: { requestId: state.requestId, digest: state.digest, ...event.detail },
  });
}

/** Where somebody signed in for it, as whom there, and when. Nothing where a press was enough. */
export function signInDetail(signedIn: SignIn | undefined): Record<string, string> {
  if (signedIn === undefined) return {};
  const { issuer, subject, at } = signedIn;
  return { signedIn: `${issuer} ${subject} ${at}` };
}
