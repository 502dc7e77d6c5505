import type { StageState } from '../../src/domain/access.ts';

/** The first that is not approved yet; as many as there are when all are. */
export function currentStage(stages: StageState[]): number {
  const open = stages.findIndex((stage) => !isApproved(stage));
  return open === -1 ? stages.length : open;
}

export function isApproved({ votes, needed }: StageState): boolean {
  return votes.filter(({ decision }) => decision === 'approve').length >= needed;
}
