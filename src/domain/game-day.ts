import type { Platform } from './refs.ts';

/** A chat platform, or the pagers and status pages that are told by webhook. */
export type GameDayTarget = Platform | 'webhooks';

/** What is made to fail for drills, and for drills alone, until it ends by itself. */
export interface GameDayFault {
  target: GameDayTarget;
  /** It does not answer, or it takes no more for now. */
  kind: 'down' | '429';
  until: string;
}

/** Where faults are kept, so that every process knows of them. */
export interface GameDayStore {
  /** Those that are on at `now`, at most one a target. */
  faults(now: Date): Promise<GameDayFault[]>;
  /** Instead of the one the target had. */
  begin(fault: GameDayFault): Promise<void>;
  /** All of them. */
  end(): Promise<void>;
}
