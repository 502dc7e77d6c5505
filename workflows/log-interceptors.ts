import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

/** Names the request in every line that a workflow logs, and that is logged about it. Looked for under this name. */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        getLogAttributes: (input, next) => ({ ...next(input), requestId: workflowInfo().memo?.requestId }),
      },
    ],
  };
}
