import { promise } from './cadence.ts';
import { pathOf, startPath } from './chains.ts';
import { enter, type Life, now } from './incident-state.ts';
import { addResource } from './resources.ts';
import { happened } from './runbooks.ts';
import { wantRoom } from './setup.ts';
import { tell, tellOutside } from './telling.ts';

/** Everything that begins with it; paging comes before all else. */
export function declare(life: Life): void {
  const { input, state } = life;
  const { title, severity, declaredBy, firstEntry } = input;
  enter(life, { kind: 'declared', by: declaredBy, text: `Declared as ${severity.toUpperCase()}: ${title}` });
  if (firstEntry !== undefined) {
    const { author, text, at, link } = firstEntry;
    enter(life, { key: 'origin', kind: 'note', by: declaredBy, at, link, text: `${author}: ${text}` });
  }
  const path = pathOf(state);
  if (path !== undefined) addResource(life, { id: 'page', title: 'Page', essential: true });
  startPath(life, path, { message: title, by: declaredBy });
  addResource(life, { id: 'announce', title: 'Announcement', essential: true });
  for (const platform of input.platforms) wantRoom(life, platform);
  promise(life);
  if (state.drill) sayThatItIsADrill(life);
  tellOutside(life, 'trigger');
  happened(life, { event: 'opened' });
  life.memory.holdersCheckedAt = now();
}

function sayThatItIsADrill(life: Life): void {
  const people = life.state.rules.drillPeople;
  const whom = people.length === 0 ? 'nobody is paged' : 'only its volunteers are paged';
  enter(life, { kind: 'declared', by: 'purser', text: `This is a drill: ${whom}.` });
  tell(life, 'drill', { glyph: '🧯', headline: `This is a drill: ${whom}. Everything else is real.` });
}
