import type { ActOf } from '../../../src/domain/incident-acts.ts';
import { changeUpdate, fulfil } from '../cadence.ts';
import { enter, inMs, type Life } from '../incident-state.ts';
import { unlessOpen, wrongState } from '../refusals.ts';
import { tell, tellOutside } from '../telling.ts';
import type { Doing, RulesOf } from './rules.ts';

export const UPDATE_ACTS: RulesOf<'update' | 'snooze'> = {
  update: { refusal: unlessOpen, apply: update },
  snooze: {
    refusal: (state) =>
      unlessOpen(state) ??
      (state.update.dueAt === undefined
        ? wrongState('No update is due, so there is nothing to snooze.')
        : undefined),
    apply: snooze,
  },
};

function update(life: Life, { what, impact, nextMs }: ActOf<'update'>, { person, key }: Doing): void {
  fulfil(life, { what, impact, by: person }, nextMs);
  const effect = impact === undefined || impact === '' ? '' : ` Impact: ${impact}`;
  enter(life, { kind: 'update', by: person, text: `${what}${effect}` });
  tell(life, key, {
    glyph: '📣',
    headline: 'Update',
    by: person,
    quotes: [
      { label: 'What happened', text: what },
      ...(effect === '' ? [] : [{ label: 'Impact', text: impact ?? '' }]),
    ],
    stakeholders: true,
  });
  tellOutside(life, 'update');
}

/** Nobody is asked until then; then it begins from the first person again. */
function snooze(life: Life, { ms, reason }: ActOf<'snooze'>, { person, key }: Doing): void {
  const until = inMs(ms);
  changeUpdate(life, { dueAt: until, stage: 'quiet', snooze: { until, by: person, reason } });
  const clock = `${until.slice(11, 16)} UTC`;
  enter(life, { kind: 'update', by: person, text: `No update until ${clock}: ${reason}` });
  tell(life, key, {
    glyph: '💤',
    headline: `The next update comes by ${clock}.`,
    by: person,
    quotes: [{ label: 'Why', text: reason }],
  });
}
