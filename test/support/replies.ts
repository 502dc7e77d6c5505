import assert from 'node:assert/strict';
import type { ChatReply } from '../../src/chat/adapter.ts';
import type { FormView } from '../../src/domain/forms.ts';
import type { NoticeView } from '../../src/domain/views.ts';

export function asNotice(reply: ChatReply): NoticeView {
  assert.equal(reply?.kind, 'notice');
  return reply as NoticeView;
}

/** Everything a notice says, in one string. */
export function said(reply: ChatReply): string {
  const { text, details = [] } = asNotice(reply);
  return [text, ...details].join('\n');
}

/** The form that was opened or redrawn. */
export function asForm(reply: ChatReply): FormView {
  assert.ok(reply?.kind === 'open-form' || reply?.kind === 'update-form', `a form, not ${reply?.kind}`);
  assert.equal(reply.form.kind, 'form');
  return reply.form as FormView;
}

export function asErrors(reply: ChatReply): Record<string, string> {
  assert.equal(reply?.kind, 'form-errors', reply?.kind === 'notice' ? said(reply) : undefined);
  return reply?.kind === 'form-errors' ? reply.errors : {};
}
