import { mayAnywhere } from '../../domain/policy.ts';
import type { HelpView } from '../../domain/views.ts';
import type { Call, Handler } from '../context.ts';
import { ENVIRONMENT_COMMANDS } from '../environments-spec.ts';
import type { CommandSpec } from '../spec.ts';

export const help: Handler<'help'> = {
  permission: 'env.help',
  async handle(call) {
    return helpWith(call, ENVIRONMENT_COMMANDS, {
      title: 'Environments',
      intro: 'Ask for an environment, and Purser builds it, looks after it and takes it down again.',
    });
  },
};

/** What the person can type: made from the command specs, without what no rule would let them do. */
export function helpWith(
  { policy, person }: Call,
  specs: readonly CommandSpec[],
  about: Pick<HelpView, 'title' | 'intro'>,
): HelpView {
  const known = specs.filter(({ permission }) => mayAnywhere(policy, person, permission));
  const commands = known.map(({ usage, summary, examples }) => ({ usage, summary, examples }));
  return { kind: 'help', ...about, commands };
}
