import type { ApprovalRequirement } from '../domain/approvals.ts';
import { approversInWords, selectorOf } from '../domain/approvers.ts';
import type { JsonPrimitive } from '../domain/json.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { ApprovalRule } from './template-schema.ts';

export interface ApprovalQuestion {
  parameters: Record<string, string | number | boolean>;
  requester: { roles: string[] };
  /** The team the environment is for. */
  team: string;
}

/** What the first rule that matches asks for. The schema sees to it that the last one matches everything. */
export function requireApproval(
  rules: ApprovalRule[],
  question: ApprovalQuestion,
  platform: Pick<PlatformConfig, 'people' | 'teams'>,
): ApprovalRequirement {
  const rule = rules.find((candidate) => matches(candidate, question));
  if (rule === undefined) throw new Error('no approval rule matches, though the last one must');
  const subject = describeCondition(rule);
  if ('auto' in rule) return { auto: true, because: `${subject} needs no approval` };
  const selector = selectorOf(rule.by, question.team);
  return {
    auto: false,
    by: selector,
    count: rule.count,
    timeoutMs: rule.timeout,
    remindMs: rule.remind,
    ...(rule.signIn === undefined ? {} : { signIn: rule.signIn }),
    because: `${subject} is approved by ${approversInWords(selector, rule.count, platform)}${rule.signIn === true ? ', with a sign-in' : ''}`,
  };
}

function matches(rule: ApprovalRule, question: ApprovalQuestion): boolean {
  return Object.entries(rule.when ?? {}).every(([key, expected]) => {
    const wanted = Array.isArray(expected) ? expected : [expected];
    if (key === 'requester.role')
      return wanted.some((role) => question.requester.roles.includes(String(role)));
    return wanted.includes(question.parameters[key] ?? null);
  });
}

function describeCondition(rule: ApprovalRule): string {
  const conditions = Object.entries(rule.when ?? {}).map(([key, expected]) => describeOne(key, expected));
  return conditions.length === 0 ? 'this request' : conditions.join(' and ');
}

function describeOne(key: string, expected: JsonPrimitive | JsonPrimitive[]): string {
  if (expected === true) return `with ${key}`;
  if (expected === false) return `without ${key}`;
  const values = [expected].flat().map(String).join(' or ');
  return key === 'requester.role' ? `a request by ${values}` : `${key} ${values}`;
}
