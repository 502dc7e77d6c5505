import { environmentWorkflowId } from '../domain/ids.ts';
import { findPerson, type Person } from '../domain/people.ts';
import { askAboutPerson, askPolicy, type Permission, type PolicyResource, whoMay } from '../domain/policy.ts';
import type { NoticeView } from '../domain/views.ts';
import type { Call } from './context.ts';
import { listed, notice } from './wording.ts';

/** What each permission lets one do, as it reads after "You may not"; `%` is the environment, or all of them. */
const PERMISSION_WORDS: Record<Permission, string> = {
  'env.help': 'use these commands',
  'env.templates': 'see the templates',
  'env.create': 'create %',
  'env.list': 'list %',
  'env.show': 'look at %',
  'env.explain': 'ask what you may do',
  'env.reveal': 'reveal the credentials of %',
  'env.retry': 'retry %',
  'env.roll-back': 'roll back %',
  'env.delete': 'delete %',
  'link.decide': 'link chat accounts to people',
  'incident.look': 'look at incidents',
  'incident.declare': 'declare incidents',
  'incident.work': 'work on incidents',
  'incident.command': 'decide about incidents',
  'incident.make-private': 'make this incident private',
  'incident.private': 'see private incidents that you are not in',
  'user.look': 'look people up',
  'user.look-into': 'see what % has',
  'user.unlink': 'unlink accounts of %',
  'user.explain': 'ask what people may do',
  'user.offboard': 'offboard %',
  'user.onboard': 'ask that somebody comes to a team',
  'team.look': 'look at teams',
  'team.ask': 'ask for changes of teams',
  'team.change': 'change who is in a team',
  'team.create': 'make teams',
  'access.look': 'see the access of %',
  'access.request': 'ask for access for %',
  'access.extend': 'extend the access of %',
  'access.end': 'end the access of %',
};

/** What a permission is asked about: an incident, or an environment, by name once it has one. */
export interface Resource extends PolicyResource {
  name?: string;
}

/** Nothing when the person may; else what they read: what, by which rule, and who can. Refusals are audited first. */
export async function refusal(
  call: Call,
  permission: Permission,
  resource?: Resource,
): Promise<NoticeView | undefined> {
  const answer = askPolicy(call.policy, call.directory, { person: call.person, permission, resource });
  if (answer.allowed) return undefined;
  await auditRefusal(call, permission, answer.rule, resource);
  const object = resource?.name === undefined ? 'environments' : `“${resource.name}”`;
  const what = PERMISSION_WORDS[permission].replace('%', () => object);
  return notice('error', `You may not ${what}.`, {
    details: [`Why: ${answer.because} (rule ${answer.rule}).`, nextStep(call, permission, resource)],
  });
}

/** The same of something about a person. */
export async function refusalAbout(
  call: Call,
  permission: Permission,
  of: string,
): Promise<NoticeView | undefined> {
  const { policy, directory, person } = call;
  const answer = askAboutPerson(policy, directory, { person, permission, of });
  if (answer.allowed) return undefined;
  await auditRefusal(call, permission, answer.rule);
  const name = findPerson(directory, of)?.name ?? of;
  const others = directory.people.filter(
    (other) =>
      other.id !== person.id && askAboutPerson(policy, directory, { person: other, permission, of }).allowed,
  );
  return notice('error', `You may not ${PERMISSION_WORDS[permission].replace('%', () => name)}.`, {
    details: [`Why: ${answer.because} (rule ${answer.rule}).`, whoCan(others)],
  });
}

export async function auditRefusal(
  { context, request, person }: Call,
  permission: string,
  rule: string,
  resource?: Resource,
): Promise<void> {
  await context.audit.append({
    key: `${request.dedupeKey}:refused:${permission}`,
    action: 'access.refused',
    actor: person.id,
    subject:
      resource?.name === undefined ? permission : environmentWorkflowId(context.cluster, resource.name),
    outcome: 'refused',
    detail: { permission, rule, requestId: request.requestId },
  });
}

function nextStep({ policy, directory, person }: Call, permission: Permission, resource?: Resource): string {
  const others = whoMay(policy, directory, { permission, resource }).filter(({ id }) => id !== person.id);
  return whoCan(others);
}

function whoCan(others: Person[]): string {
  if (others.length === 0) return 'Nobody else can either: ask the platform team to change the rules.';
  return `Who can: ${listed(others.map(({ name }) => name))}. Ask one of them.`;
}
