import { named } from '../../../src/domain/ids.ts';
import type { ActOf } from '../../../src/domain/incident-acts.ts';
import type { Doer } from '../../../src/domain/incidents.ts';
import { acknowledge, hasOpenChain, isAnyOpen, pathNamed, startByHand } from '../chains.ts';
import { change, type Life } from '../incident-state.ts';
import { join } from '../people.ts';
import { type Refusal, unlessOpen, wrongState } from '../refusals.ts';
import { tell } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const PAGE_ACTS: RulesOf<'acknowledge' | 'page'> = {
  acknowledge: {
    refusal: (state) => unlessOpen(state) ?? (isAnyOpen(state) ? undefined : nothingToAnswer(state)),
    apply(life, _act, { person, key }) {
      change(life, { members: join(life.state, person) });
      acknowledge(life, person);
      tell(life, key, { glyph: '👀', headline: `${named(person)} has answered the page.`, by: person });
    },
  },
  page: {
    refusal: (state, { target }) =>
      unlessOpen(state) ?? (isUnanswered(state, target) ? stillPaging(target) : undefined),
    apply: page,
  },
};

function nothingToAnswer({ escalations }: { escalations: { acknowledged?: { by: Doer } }[] }): Refusal {
  const by = escalations.at(-1)?.acknowledged?.by;
  return wrongState(by === undefined ? 'Nobody is being paged.' : `${named(by)} has answered already.`);
}

function isUnanswered(state: Life['state'], target: string): boolean {
  const isPath = pathNamed(state.rules, target) !== undefined;
  return isPath && hasOpenChain(state, target);
}

function stillPaging(target: string): Refusal {
  return wrongState(`${target} is being paged already, and nobody has answered yet.`);
}

function page(life: Life, { target, message }: ActOf<'page'>, { person, key }: Doing): void {
  startByHand(life, target, { message: message === '' ? 'You are needed.' : message, by: person });
  tell(life, key, {
    glyph: '📟',
    headline: `${named(target)} is being paged.`,
    by: person,
    quotes: message === '' ? [] : [{ label: 'Message', text: message }],
  });
}
