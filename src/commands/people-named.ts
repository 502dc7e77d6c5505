import type { DirectorySnapshot, Person } from '../domain/people.ts';
import type { Parsed } from './free-text.ts';
import { peopleMentioned } from './mentions.ts';
import { echo, listed } from './wording.ts';

/**
 * Somebody as people type them: `@kim`, Slack's `<@U0KIM>`, an id, an e-mail address or the beginning of a name. Only
 * the directory says who that is; more than one is nobody.
 */
export function personNamed({ people }: DirectorySnapshot, typed: string, me: Person): Parsed<string> {
  const word = typed.trim();
  if (word.toLowerCase() === 'me') return { ok: true, value: me.id };
  const active = people.filter((person) => person.active);
  const mentioned = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(word)?.[1];
  const found = mentioned === undefined ? byName(active, word) : peopleMentioned(active, mentioned);
  const [person, another] = found;
  if (person === undefined) {
    return {
      ok: false,
      problem: `Nobody in the directory is “${echo(typed)}”. Type their id, e-mail address or name.`,
    };
  }
  if (another === undefined) return { ok: true, value: person.id };
  return {
    ok: false,
    problem: `“${echo(typed)}” could be ${listed(found.map(({ name, id }) => `${name} (${id})`))}. Type the id.`,
  };
}

function byName(people: Person[], typed: string): Person[] {
  const word = typed.replace(/^@/, '').toLowerCase();
  if (word === '') return [];
  const exact = people.filter(({ id, email, name }) =>
    [id, email.toLowerCase(), name.toLowerCase()].includes(word),
  );
  return exact.length > 0 ? exact : people.filter(({ name }) => name.toLowerCase().startsWith(word));
}
