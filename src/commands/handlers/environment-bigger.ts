import { showButton } from '../../domain/environment-views.ts';
import { originOf } from '../accounts.ts';
import { refusal } from '../authorize.ts';
import type { Handler } from '../context.ts';
import { freeName } from '../free-names.ts';
import { findEnvironment, noSuchEnvironment, olderRequest } from '../lookups.ts';
import { notice } from '../wording.ts';
import { openForm, startingTemplate } from './environment-create.ts';

/**
 * A size is part of what was approved, so that nothing that exists changes its size: the form asks for another
 * environment like it, and the one without room stays until somebody rolls it back.
 */
export const biggerEnvironment: Handler<'environment.bigger'> = {
  permission: 'env.create',
  async handle(call, { name, requestId }) {
    const state = await findEnvironment(call.context, name);
    if (state === undefined) return noSuchEnvironment(call, name);
    if (state.requestId !== requestId) return olderRequest(name);
    const resource = { owner: state.requester, team: state.team, name };
    const refused = await refusal(call, 'env.show', resource);
    if (refused !== undefined) return refused;
    const size = state.trouble?.bigger;
    if (size === undefined) {
      return notice('info', `“${name}” does not lack room any more.`, { actions: [showButton(state)] });
    }
    const found = startingTemplate(call, state.template.name);
    if (!found.ok) return found.reply;
    const { name: _taken, ...like } = state.parameters;
    const free = await freeName(call, found.template, name);
    const values = { ...like, size, ...(free === undefined ? {} : { name: free }) };
    const intro = `This asks for another environment like “${name}”, of size ${size}. “${name}” itself stays as it is: once you do not need it any more, roll it back on its card.`;
    return openForm(call, found.template, values, { origin: originOf(call), intro });
  },
};
