import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DECISIONS, deletionCause, endedBy, named } from '../../src/chat/wording.ts';

test('a deletion says whose it is: a person’s, of time, or an operator’s', () => {
  assert.equal(deletionCause({ end: 'deleted' }, 'Kim'), 'Asked for by Kim.');
  assert.match(deletionCause({ end: 'expired' }, undefined), /^Its time is up;/);
  assert.match(deletionCause({ end: 'deleted' }, undefined), /^It was cancelled by an operator;/);
  assert.equal(endedBy({ end: 'deleted' }, 'Kim'), 'Ended by Kim');
  assert.equal(endedBy({ end: 'expired' }, undefined), 'Ended');
  assert.equal(endedBy({ end: 'deleted' }, undefined), 'Ended by an operator');
});

test('a request that was cancelled from outside was withdrawn by an operator, not by nobody', () => {
  assert.equal(DECISIONS.withdrawn(named([], 0, 'and')), '↩️ Withdrawn by an operator,');
  assert.equal(DECISIONS.withdrawn(named(['Kim'], 0, 'and')), '↩️ Withdrawn by Kim,');
});
