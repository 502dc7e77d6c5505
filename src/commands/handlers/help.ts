import { mayAnywhere } from '../../domain/policy.ts';
import type { HelpView } from '../../domain/views.ts';
import type { Handler } from '../context.ts';
import { ENVIRONMENT_COMMANDS } from '../environments-spec.ts';

/** What the person can type: made from the command specs, without what no rule would let them do. */
export const help: Handler<'help'> = {
  permission: 'env.help',
  async handle({ policy, person }): Promise<HelpView> {
    return {
      kind: 'help',
      title: 'Environments',
      intro: 'Ask for an environment, and Purser builds it, looks after it and takes it down again.',
      commands: ENVIRONMENT_COMMANDS.filter((command) => mayAnywhere(policy, person, command.permission)).map(
        ({ usage, summary, examples }) => ({ usage, summary, examples }),
      ),
    };
  },
};
