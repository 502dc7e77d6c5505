import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  log,
  setHandler,
} from '@temporalio/workflow';
import { FAILURE } from '../../src/domain/errors.ts';
import type { DecideLinkInput, LinkInput } from '../../src/domain/links.ts';
import { chat } from '../environments/activities.ts';
import { announceSignal } from '../environments/messages.ts';
import { createTurns } from '../environments/turns.ts';
import { createLookups } from '../lookups.ts';
import { decideLinkUpdate, getLinkQuery } from './messages.ts';

/** A request to link a chat account to a person: administrators have a week to decide it, or whoever asked signs in. */
export async function linkAccount(link: LinkInput): Promise<void> {
  let decision: (DecideLinkInput & { at: string }) | undefined;
  let timedOut = false;
  let timedOutAt: string | undefined;
  const inTurn = createTurns();
  const lookups = createLookups();

  setHandler(getLinkQuery, () => ({ link, decision, timedOutAt }));
  setHandler(decideLinkUpdate, (input) => inTurn(() => decide(input)), {
    validator: (input) => void wasDecided(input),
  });
  // Waited for before the last word: what opens the cards never overtakes what closes them.
  setHandler(announceSignal, async () => {
    if (decision === undefined && !timedOut && link.bySignIn !== true) await announce({ link });
  });

  /** Of two administrators who answer at once, the second must not link as well. */
  async function decide(input: DecideLinkInput): Promise<void> {
    if (wasDecided(input)) return;
    await lookups.inTime((via, question) => via.recordLink({ link, decision: input, question }));
    decision = { ...input, at: new Date().toISOString() };
  }

  /** Throws when somebody else decided, or otherwise. */
  function wasDecided(input: DecideLinkInput): boolean {
    if (isSame(decision, input)) return true;
    if (decision !== undefined)
      throw alreadyDecided(`${decision.person ? 'linked' : 'denied'} by ${decision.by}`);
    if (timedOut) throw alreadyDecided('closed, because nobody decided it within a week');
    return false;
  }

  if (link.bySignIn !== true) await announce({ link });
  await condition(() => decision !== undefined, '7 days');
  await condition(allHandlersFinished);
  timedOut = decision === undefined;
  if (timedOut) timedOutAt = new Date().toISOString();
  await announce(timedOut ? { link, timedOut } : { link, decision });
  await condition(allHandlersFinished);
}

function alreadyDecided(how: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: FAILURE.alreadyDecided,
    message: `This request was already ${how}.`,
    nonRetryable: true,
  });
}

function isSame(decision: DecideLinkInput | undefined, input: DecideLinkInput): boolean {
  return decision !== undefined && decision.by === input.by && decision.person === input.person;
}

async function announce(input: Parameters<typeof chat.announceLink>[0]): Promise<void> {
  try {
    await chat.announceLink(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.error('the cards of a link request could not be brought up to date');
  }
}
