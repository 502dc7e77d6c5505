import { about, act, numberIn } from './incident-words.ts';
import { type CommandSpec, unexpected } from './spec.ts';

const DECISIONS = ['approve', 'skip', 'retry'] as const;

export const RUNBOOK_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'runbook',
    aliases: ['runbooks'],
    usage: '/incident runbook [NAME]',
    summary:
      'Begins a runbook. Without a name it lists those there are, and the steps of those that have begun.',
    examples: ['/incident runbook', '/incident runbook checkout-down'],
    permission: 'incident.look',
    parse([name, extra]) {
      if (extra !== undefined) return { ok: false, problem: unexpected(extra) };
      if (name !== undefined && numberIn(name) === undefined)
        return act({ kind: 'runbook', name: name.value.toLowerCase() });
      return about(name, { ok: true, intent: { intent: 'incident.runbooks' } });
    },
  },
  {
    name: 'step',
    usage: '/incident step STEP approve|skip|retry',
    summary: 'Decides about a step of a runbook. Some are for the holder of a role to approve.',
    examples: ['/incident step r1.2 approve'],
    permission: 'incident.work',
    parse: ([id, what, extra]) => {
      const decided = DECISIONS.find((decision) => decision === what?.value.toLowerCase());
      if (id === undefined || extra !== undefined || decided === undefined)
        return { ok: false, problem: 'Which step, and what of it? /incident runbook shows them.' };
      return act({ kind: 'runbook-step', id: id.value.toLowerCase(), do: decided });
    },
  },
];
