import type { Permission } from '../domain/policy.ts';
import { duration, moment, textAndOptions } from './free-text.ts';
import {
  about,
  act,
  form,
  numberIn,
  parseTask,
  parseTimes,
  textOf,
  withRole,
  withTask,
} from './incident-words.ts';
import { type CommandSpec, unexpected } from './spec.ts';
import { echo } from './wording.ts';
import type { Word } from './words.ts';

type Verb = Omit<CommandSpec, 'permission'> & { permission?: Permission };

const SEVERITY = /^(?:sev)?([1-9])$/i;
const STATUSES = ['triaging', 'mitigating', 'monitoring'] as const;

/** What people do to an incident, in the words they type. People in here are as typed; the handler finds out who they are. */
const VERBS: readonly Verb[] = [
  {
    name: 'update',
    usage: '/incident update [TEXT] [impact="…"] [next=30m]',
    summary: 'Says how it goes, to the room and to stakeholders, and promises the next update.',
    examples: ['/incident update', '/incident update rolled back 1.42, error rate falls next=30m'],
    parse(words) {
      const typed = textAndOptions(words, ['impact', 'next']);
      if (!typed.ok) return typed;
      const { text, options } = typed.value;
      if (text === '') return form('incident.update', options);
      const next = options.next === undefined ? undefined : duration(options.next);
      if (next?.ok === false) return next;
      return act({ kind: 'update', what: text, impact: options.impact, nextMs: next?.value });
    },
  },
  {
    name: 'status',
    usage: '/incident status [triaging|mitigating|monitoring] [NOTE]',
    summary: 'Moves it on, with one sentence that counts as an update.',
    examples: ['/incident status', '/incident status mitigating rolling back the release'],
    parse([first, ...rest]) {
      if (first === undefined) return form('incident.status');
      const to = STATUSES.find((status) => status === first.value.toLowerCase());
      if (to === undefined) {
        return {
          ok: false,
          problem: `“${echo(first.value)}” is no status. There are ${STATUSES.join(', ')}; /incident resolve ends it.`,
        };
      }
      return act({ kind: 'status', to, note: textOf(rest) });
    },
  },
  {
    name: 'severity',
    aliases: ['sev'],
    usage: '/incident severity [SEVERITY] [REASON]',
    summary: 'Changes how bad it is. Who is paged and how often updates are due follow.',
    examples: ['/incident severity sev2 only one region is affected', '/incident severity'],
    permission: 'incident.command',
    parse([first, ...rest]) {
      if (first === undefined) return form('incident.severity');
      const number = SEVERITY.exec(first.value)?.[1];
      if (number === undefined)
        return { ok: false, problem: `“${echo(first.value)}” is no severity. Type one like sev2.` };
      const reason = textOf(rest);
      return reason === ''
        ? form('incident.severity', { severity: `sev${number}` })
        : act({ kind: 'severity', to: `sev${number}`, reason });
    },
  },
  {
    name: 'role',
    aliases: ['roles'],
    usage: '/incident role [ROLE] [@PERSON]',
    summary: 'Gives somebody a role. Whoever has it already is asked to hand over.',
    examples: ['/incident role lead @kim', '/incident role'],
    parse([role, person, extra]) {
      if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
      if (role === undefined || person === undefined)
        return form('incident.role', role === undefined ? {} : { role: role.value.toLowerCase() });
      return act({ kind: 'role', role: role.value.toLowerCase(), person: person.value });
    },
  },
  {
    name: 'claim',
    usage: '/incident claim ROLE',
    summary: 'Takes a role yourself.',
    examples: ['/incident claim lead'],
    parse: (words) => withRole(words, (role) => ({ kind: 'role', role, person: 'me' })),
  },
  {
    name: 'accept',
    usage: '/incident accept ROLE',
    summary: 'Takes over a role you were offered.',
    examples: ['/incident accept lead'],
    parse: (words) => withRole(words, (role) => ({ kind: 'accept-role', role })),
  },
  {
    name: 'decline',
    usage: '/incident decline ROLE',
    summary: 'Turns down a role you were offered.',
    examples: ['/incident decline lead'],
    parse: (words) => withRole(words, (role) => ({ kind: 'decline-role', role })),
  },
  {
    name: 'release',
    usage: '/incident release ROLE',
    summary: 'Gives up a role. The lead hands over instead.',
    examples: ['/incident release scribe'],
    parse: (words) => withRole(words, (role) => ({ kind: 'release-role', role })),
  },
  {
    name: 'ack',
    usage: '/incident ack',
    summary: 'Says that you are on it, and stops the paging.',
    examples: ['/incident ack'],
    parse: (words) =>
      words[0] === undefined ? act({ kind: 'acknowledge' }) : { ok: false, problem: unexpected(words[0]) },
  },
  {
    name: 'page',
    aliases: ['escalate'],
    usage: '/incident page [@PERSON|TEAM|SCHEDULE|PATH] [MESSAGE]',
    summary: 'Pages somebody else.',
    examples: ['/incident page @lee please look at the database', '/incident page'],
    parse([target, ...rest]) {
      if (target === undefined) return form('incident.page');
      return act({ kind: 'page', target: target.value, message: textOf(rest) });
    },
  },
  {
    name: 'note',
    usage: '/incident note TEXT [at=14:05]',
    summary: 'Adds a line to the timeline. Times are UTC.',
    examples: ['/incident note error rate doubled at=14:05'],
    parse(words, { now, key }) {
      const typed = textAndOptions(words, ['at']);
      if (!typed.ok) return typed;
      const at = typed.value.options.at === undefined ? undefined : moment(typed.value.options.at, now);
      if (at?.ok === false) return at;
      return act({ kind: 'note', key: `note:${key}`, text: typed.value.text, at: at?.value });
    },
  },
  {
    name: 'task',
    usage: '/incident task TEXT [owner=@PERSON] [due=2h]',
    summary: 'Writes down what has to be done now.',
    examples: ['/incident task restart the workers owner=@kim due=30m', '/incident task'],
    parse: (words, typed) => parseTask(words, typed, false),
  },
  {
    name: 'followup',
    usage: '/incident followup TEXT [owner=@PERSON] [due=7d]',
    summary: 'Writes down what has to be done afterwards. Its owner is reminded until it is.',
    examples: ['/incident followup alert on queue length owner=@lee due=7d'],
    parse: (words, typed) => parseTask(words, typed, true),
  },
  {
    name: 'done',
    usage: '/incident done TASK',
    summary: 'Ticks off a task by its number in /incident tasks.',
    examples: ['/incident done 2'],
    parse: ([id, extra]) => withTask(id, extra, (task) => ({ kind: 'task-done', id: task })),
  },
  {
    name: 'issue',
    usage: '/incident issue TASK',
    summary: 'Makes a task an issue in the tracker. Follow-ups become one by themselves.',
    examples: ['/incident issue 2'],
    parse: ([id, extra]) => withTask(id, extra, (task) => ({ kind: 'task-issue', id: task })),
  },
  {
    name: 'summary',
    usage: '/incident summary TEXT',
    summary: 'Says in a sentence or two what this is about.',
    examples: ['/incident summary payments fail in one region since the release'],
    parse: (words) => act({ kind: 'summary', text: textOf(words) }),
  },
  {
    name: 'rename',
    usage: '/incident rename TITLE',
    summary: 'Gives it a better title.',
    examples: ['/incident rename payments fail in eu-west'],
    permission: 'incident.command',
    parse: (words) => act({ kind: 'rename', title: textOf(words) }),
  },
  {
    name: 'snooze',
    usage: '/incident snooze [30m] [REASON]',
    summary: 'Puts off the next update, and says why.',
    examples: ['/incident snooze 30m waiting for the vendor'],
    parse([length, ...rest]) {
      if (length === undefined || rest.length === 0)
        return form('incident.snooze', length === undefined ? {} : { for: length.value });
      const given = duration(length.value);
      return given.ok ? act({ kind: 'snooze', ms: given.value, reason: textOf(rest) }) : given;
    },
  },
  {
    name: 'join',
    usage: '/incident join [NUMBER]',
    summary: 'Brings you into its room.',
    examples: ['/incident join 142'],
    parse([number, extra]) {
      if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
      return about(number, act({ kind: 'join', account: 'me' }));
    },
  },
  {
    name: 'link',
    usage: '/incident link NUMBER [related|parent|child]',
    summary: 'Says that another incident has to do with this one.',
    examples: ['/incident link 141', '/incident link 140 parent'],
    parse([other, as, extra]) {
      const to = numberIn(other);
      const kind = (as?.value.toLowerCase() ?? 'related') as 'related';
      if (to === undefined) return { ok: false, problem: 'Which incident? Give its number.' };
      if (extra !== undefined || !['related', 'parent', 'child'].includes(kind))
        return { ok: false, problem: unexpected(extra ?? (as as Word)) };
      return act({ kind: 'link', to, as: kind });
    },
  },
  {
    name: 'merge',
    usage: '/incident merge into NUMBER',
    summary: 'This one is the same as another: it goes on there.',
    examples: ['/incident merge into 141'],
    permission: 'incident.command',
    parse(words) {
      const into = numberIn(words.at(-1));
      return into === undefined
        ? { ok: false, problem: 'Into which incident? Give its number.' }
        : act({ kind: 'merge', into });
    },
  },
  {
    name: 'unmerge',
    usage: '/incident unmerge [NUMBER]',
    summary: 'Takes a merge back: what was merged goes on in its own room, with its own alerts.',
    examples: ['/incident unmerge 142'],
    permission: 'incident.command',
    parse([number, extra]) {
      if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
      return about(number, act({ kind: 'unmerge' }));
    },
  },
  {
    name: 'silence',
    usage: '/incident silence [2h] [COMMENT]',
    summary: 'Silences its alerts in Alertmanager for a while.',
    examples: ['/incident silence 2h known and being worked on'],
    permission: 'incident.command',
    parse([length, ...rest]) {
      if (length === undefined || rest.length === 0)
        return form('incident.silence', length === undefined ? {} : { for: length.value });
      const given = duration(length.value);
      return given.ok ? act({ kind: 'silence', ms: given.value, comment: textOf(rest) }) : given;
    },
  },
  {
    name: 'environment',
    usage: '/incident environment [TEMPLATE]',
    summary: 'Asks for an environment to look into it, under your own rights.',
    examples: ['/incident environment dev'],
    parse: ([template, extra]) =>
      extra === undefined
        ? form('incident.environment', template === undefined ? {} : { template: template.value })
        : { ok: false, problem: unexpected(extra) },
  },
  {
    name: 'times',
    usage: '/incident times [impact=13:50] [detected=14:05] [mitigated=15:10]',
    summary: 'Corrects when it began, was noticed and was stopped. Times are UTC; the figures follow.',
    examples: ['/incident times', '/incident times impact=13:50'],
    parse: parseTimes,
  },
  {
    name: 'resolve',
    usage: '/incident resolve [cause="…" fix="…"]',
    summary: 'Says that it is over, what caused it and what fixed it.',
    examples: ['/incident resolve', '/incident resolve cause="bad release" fix="rolled back"'],
    permission: 'incident.command',
    parse(words) {
      const typed = textAndOptions(words, ['cause', 'fix']);
      if (!typed.ok) return typed;
      const { cause, fix } = typed.value.options;
      const complete = cause !== undefined && fix !== undefined && typed.value.text === '';
      return complete ? act({ kind: 'resolve', cause, fix }) : form('incident.resolve', typed.value.options);
    },
  },
  {
    name: 'reopen',
    usage: '/incident reopen [REASON]',
    summary: 'It is not over after all.',
    examples: ['/incident reopen it came back'],
    permission: 'incident.command',
    parse: (words) =>
      words.length === 0 ? form('incident.reopen') : act({ kind: 'reopen', reason: textOf(words) }),
  },
  {
    name: 'close',
    usage: '/incident close',
    summary: 'Closes what is resolved: nothing more is expected here.',
    examples: ['/incident close'],
    permission: 'incident.command',
    parse: (words) =>
      words[0] === undefined ? act({ kind: 'close' }) : { ok: false, problem: unexpected(words[0]) },
  },
  {
    name: 'private',
    usage: '/incident private [REASON]',
    summary: 'Makes it private: it goes on among its people, and what was said in public is taken back.',
    examples: ['/incident private customer names are involved', '/incident private'],
    permission: 'incident.make-private',
    parse: (words) =>
      words.length === 0 ? form('incident.private') : act({ kind: 'make-private', reason: textOf(words) }),
  },
  {
    name: 'cancel',
    usage: '/incident cancel [REASON]',
    summary: 'It was none.',
    examples: ['/incident cancel false alarm'],
    permission: 'incident.command',
    parse: (words) =>
      words.length === 0 ? form('incident.cancel') : act({ kind: 'cancel', reason: textOf(words) }),
  },
];

export const INCIDENT_ACT_COMMANDS: readonly CommandSpec[] = VERBS.map((verb) => ({
  permission: 'incident.work',
  ...verb,
}));
