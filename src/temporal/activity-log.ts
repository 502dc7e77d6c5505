import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Names the request in every line that an activity logs, and that is logged about it. */
export const nameTheRequest: ActivityInterceptorsFactory = (context) => {
  let requestId: string | undefined;
  return {
    inbound: {
      async execute(input, next) {
        requestId = requestIdOf(input.args[0]);
        context.log.debug('activity started');
        return await next(input);
      },
    },
    outbound: {
      getLogAttributes: (input, next) => ({ ...next(input), requestId }),
    },
  };
};

/** Environments and links know their request. Some activities are told nothing at all. */
function requestIdOf(input: unknown): string | undefined {
  const { state, link } = (input ?? {}) as Record<'state' | 'link', { requestId: string } | undefined>;
  return (state ?? link)?.requestId;
}
