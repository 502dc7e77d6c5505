import type { Extension, GrantState, StageState } from '../../src/domain/access.ts';

/** The first that is not approved yet; as many as there are when all are. */
export function currentStage(stages: StageState[]): number {
  const open = stages.findIndex((stage) => !isApproved(stage));
  return open === -1 ? stages.length : open;
}

export function isApproved({ votes, needed }: StageState): boolean {
  return votes.filter(({ decision }) => decision === 'approve').length >= needed;
}

/** Of the request, or of the extension. */
export function stagesOf(state: GrantState, extension: string | undefined): StageState[] {
  if (extension === undefined) return state.stages;
  return state.extensions.find(({ id }) => id === extension)?.stages ?? [];
}

export function pendingExtension({ extensions }: GrantState): Extension | undefined {
  return extensions.find(({ outcome }) => outcome === undefined);
}
