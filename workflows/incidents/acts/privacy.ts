import type { ActOf } from '../../../src/domain/incident-acts.ts';
import { change, enter, type Life, now } from '../incident-state.ts';
import { join, leadOf } from '../people.ts';
import { isAlready, unlessOpen } from '../refusals.ts';
import { redoRooms } from '../setup.ts';
import { tell, withdrawOutside } from '../telling.ts';
import { keepInside } from '../trackers.ts';
import type { Doing, RulesOf } from './rules.ts';

export const PRIVACY_ACTS: RulesOf<'make-private'> = {
  'make-private': {
    refusal: (state) => unlessOpen(state) ?? (state.private ? isAlready(state, 'private') : undefined),
    apply: makePrivate,
  },
};

/** At once for everything that is said from here on. Taking back what was said, and the new rooms, follow. */
function makePrivate(life: Life, { reason }: ActOf<'make-private'>, { person, key }: Doing): void {
  const { state } = life;
  change(life, {
    private: true,
    rooms: [],
    members: join(state, person),
    madePrivate: { by: person, at: now(), ask: leadOf(state) ?? person, formerRooms: state.rooms },
  });
  life.headed = [];
  enter(life, { kind: 'action', by: person, text: `Made private: ${reason}` });
  redoRooms(life);
  withdrawOutside(life);
  keepInside(life, key);
  tell(life, key, {
    glyph: '🔒',
    headline:
      'It is private from here on. What I said in public is taken back; what people wrote in the former room, and its earlier names and topics, stay there until somebody deletes them.',
    by: person,
    quotes: [{ label: 'Why', text: reason }],
  });
}
