import type { Call, FakeSlack } from './fake-slack.ts';
import type { FakeTeams } from './fake-teams.ts';
import type { Purser } from './purser.ts';

/** Something that left Purser. `to` is a conversation or a person; empty for what anybody may come across. */
export interface Outbound {
  to: string;
  how: string;
  text: string;
  at: number;
}

/** Every payload that Slack ever got, and every answer to what it told. */
export function sentToSlack(slack: FakeSlack): Outbound[] {
  const { calls, received, workspace } = slack;
  return [
    ...calls.map((call) => {
      return {
        to: receiverIn(slack, call),
        how: call.method,
        text: JSON.stringify(call.params),
        at: call.at,
      };
    }),
    ...received.map(({ path, body, at }) => {
      const [, kind, id = ''] = path.split('/');
      const file = workspace.files.find((known) => known.id === id);
      const to = kind === 'upload' ? file?.channel : workspace.responseUrls.get(id)?.user;
      return { to: to ?? '', how: path, text: body, at };
    }),
    ...workspace.answers.map(({ asked, text, at }) => ({
      to: personOf(asked) ?? '',
      how: 'answer',
      text,
      at,
    })),
  ];
}

/** In a form, JSON within a form, or an event. */
const ASKER = /user_id=(\w+)|user%22%3A%7B%22id%22%3A%22(\w+)|"user":"(\w+)"/;

function personOf(asked: string): string | undefined {
  return ASKER.exec(asked)?.slice(1).find(Boolean);
}

function receiverIn({ workspace }: FakeSlack, { method, params }: Call): string {
  const { channel, channel_id, user, user_id, trigger_id, name } = params;
  if (method === 'views.open') return workspace.triggers.get(`${trigger_id}`)?.user ?? '';
  if (method === 'conversations.create') {
    const made = [...workspace.channels.values()].find((known) => known.name === name);
    return made?.isPrivate === true ? made.id : '';
  }
  // A message for one person alone names the channel as well.
  return `${(method === 'chat.postEphemeral' && user) || channel || channel_id || user_id || ''}`;
}

/** The same of Teams and of Graph; threads count as the channel they are in. */
export function sentToTeams({ calls, graphRequests, world }: FakeTeams): Outbound[] {
  const isPrivate = (id: string) =>
    [...world.teams.values()].some(({ channels }) =>
      channels.some((channel) => channel.id === id && channel.membershipType === 'private'),
    );
  return [
    ...calls.map(({ conversation, operation, body, at }) => {
      return { to: conversation.split(';', 1)[0] ?? '', how: operation, text: JSON.stringify(body), at };
    }),
    ...graphRequests.map(({ operation, channel, body, at }) => {
      const made = operation === 'create-channel' && body.membershipType === 'private';
      return {
        to: made ? 'a private channel' : isPrivate(channel) ? channel : '',
        how: operation,
        text: JSON.stringify(body),
        at,
      };
    }),
    ...world.answers.map(({ user, text, at }) => ({ to: user, how: 'answer', text, at })),
  ];
}

/** What anybody with access to the machines may come across: logs, the audit, what Temporal lists, figures. */
export async function lyingAbout(purser: Purser): Promise<Outbound[]> {
  const at = Date.now();
  const listed: unknown[] = [];
  for await (const { workflowId, memo, searchAttributes, raw } of purser.temporal.workflow.list())
    listed.push({ workflowId, memo, searchAttributes, raw });
  const figures = await Promise.all(
    purser.processes().map(async ({ url }) => await (await fetch(`${url}/metrics`)).text()),
  );
  return [
    { to: '', how: 'logs', text: purser.output(), at },
    { to: '', how: 'audit', text: JSON.stringify(await purser.auditRows()), at },
    { to: '', how: 'Temporal', text: JSON.stringify(listed), at },
    { to: '', how: 'metrics', text: figures.join('\n'), at },
  ];
}

/** What tells of it to anybody but `insiders`, in short. */
export function leaks(outbound: Outbound[], secret: RegExp, insiders: ReadonlySet<string>): string[] {
  return outbound
    .filter(({ to, text }) => secret.test(text) && !insiders.has(to))
    .map(({ to, how, text }) => `${how} to ${to || 'everybody'}: ${around(text, secret)}`);
}

function around(text: string, secret: RegExp): string {
  const at = text.search(secret);
  return text.slice(Math.max(0, at - 120), at + 120);
}
