import type { Client } from '@temporalio/client';
import { announceSignal } from '../../workflows/environments/messages.ts';

/** Has every environment that is still there show its cards once more: where messages were lost, and nowhere else. */
export async function announceAgain(client: Client): Promise<void> {
  const query = "WorkflowType = 'environment' AND ExecutionStatus = 'Running'";
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    await client.workflow.getHandle(workflowId, runId).signal(announceSignal);
  }
}
