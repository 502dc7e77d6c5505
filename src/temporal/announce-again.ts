import type { Client } from '@temporalio/client';
import { announceSignal } from '../../workflows/environments/messages.ts';

/** Has every environment and open link request show its cards once more: where messages were lost, and nowhere else. */
export async function announceAgain(client: Client): Promise<void> {
  const query = "WorkflowType IN ('environment', 'linkAccount') AND ExecutionStatus = 'Running'";
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    await client.workflow.getHandle(workflowId, runId).signal(announceSignal);
  }
}
