import { condition } from '@temporalio/workflow';
import type { LedgerLine } from '../../src/domain/departures.ts';
import { systems } from './departure-activities.ts';
import { type Outcome, outcomeOfFailure, seeThrough, wasTried } from './departure-lines.ts';
import {
  change,
  changeOf,
  end,
  interrupted,
  isOpen,
  type Leaving,
  linesOf,
  msUntil,
  now,
  renewalDue,
} from './departure-state.ts';
import { refusalOf } from './departure-taking.ts';

/** Everything is gone. Until it is over somebody may find that it was a mistake. */
export async function awaitUndo(leaving: Leaving): Promise<void> {
  const { undoUntil } = leaving.state;
  const left = undoUntil === undefined ? 0 : msUntil(undoUntil);
  if (left > 0) await condition(() => leaving.order !== undefined || renewalDue(), left);
  if (leaving.order !== undefined || renewalDue()) return;
  end(leaving, 'done');
}

/** From here on what was taken is given back; whatever else was not done yet stays undone. */
export function beginUndo(leaving: Leaving): void {
  const by = leaving.order?.person ?? 'purser';
  leaving.order = undefined;
  leaving.pressed.clear();
  const taken = leaving.state.ledger.filter(
    (line) => !isOpen(line) || line.kind === 'account' || line.kind === 'group',
  );
  change(leaving, {
    phase: 'undoing',
    undo: { by, at: now() },
    ledger: taken
      .filter(({ kind }) => kind !== 'groups')
      .map((line) => (canReturn(line) ? ANEW(line) : line)),
  });
}

function canReturn({ kind, had }: LedgerLine): boolean {
  return (kind === 'account' || kind === 'group') && had === true;
}

const ANEW = ({ id, kind, system, holding, had }: LedgerLine): LedgerLine => ({
  id,
  kind,
  system,
  holding,
  had,
  state: 'waiting',
  tries: 0,
});

/** Accounts first: groups are for those who may log in. */
export async function giveBack(leaving: Leaving): Promise<void> {
  const give = ({ id }: LedgerLine) => seeThrough(leaving, id, (line) => returned(leaving, line));
  const accounts = linesOf(leaving, 'account').filter(isOpen).map(give);
  await condition(() => wasTried(leaving, 'account') || interrupted(leaving));
  const groups = linesOf(leaving, 'group').filter(isOpen).map(give);
  await Promise.all([...accounts, ...groups]);
  if (leaving.state.ledger.some(isOpen)) return;
  end(leaving, 'undone');
  leaving.certificate.want();
}

async function returned(leaving: Leaving, { system = '', holding }: LedgerLine): Promise<Outcome> {
  if (holding === undefined) throw new TypeError('only accounts and groups are given back');
  const what = { ...changeOf(leaving, system), holding };
  const refusal = await refusalOf(() => systems.giveHolding(what));
  if (await systems.readHolding(what)) return { state: 'given-back', doneAt: now() };
  if (refusal !== undefined) return outcomeOfFailure(refusal);
  return { state: 'stuck', trouble: `${system} says that it is not there yet.` };
}
