import { randomUUID } from 'node:crypto';
import { type Identity, SystemError } from '../../src/domain/systems.ts';
import { createMemorySystem } from '../support/memory-system.ts';
import { connectorConformance } from './connector-conformance.ts';
import type { ConnectorFault, ConnectorStage, Group } from './connector-stage.ts';

/** The system in memory that other tests use keeps the contract, whether it remembers what it gave or not. */
for (const remembers of [true, false]) {
  connectorConformance(`A system in memory that ${remembers ? 'remembers' : 'forgets'} who gave what`, {
    open: async () => openMemory(remembers),
    faults: ['down', 'limited', 'lost'],
  });
}

const CROWD = 120;

function openMemory(remembers: boolean): ConnectorStage {
  const system = createMemorySystem('memory', { remembers });
  const [known, another, stranger] = [person('known'), person('another'), person('stranger')];
  const group: Group = { kind: 'group', group: 'crew' };
  for (const { person } of [known, another]) system.give(person, { kind: 'account' });
  const many = <Item>(make: (at: number) => Item) => Array.from({ length: CROWD }, (_, at) => make(at));
  return {
    connector: system.connector,
    known,
    another,
    stranger,
    group,
    outside: {
      holds: async ({ person }, holding) => system.holds(person, holding),
      give: async ({ person }, holding) => system.give(person, holding),
      async fill(into) {
        for (const { person: id } of many((at) => person(`crowd-${at}`))) system.give(id, into);
        return CROWD;
      },
      async pile({ person }) {
        const groups = many((at): Group => ({ kind: 'group', group: `crew-${at}` }));
        for (const one of groups) system.give(person, one);
        return groups;
      },
      accounts: async ({ person }) => system.accounts(person),
    },
    async break(fault) {
      if (fault === 'lost') system.loseAnswers(true);
      else system.fail(failureOf(fault));
    },
    async mend() {
      system.fail(undefined);
      system.loseAnswers(false);
    },
    canaries: [],
  };
}

function failureOf(fault: ConnectorFault): SystemError {
  const retryAfterMs = fault === 'limited' ? 7_000 : undefined;
  return new SystemError('memory cannot do it now', { retryable: true, retryAfterMs });
}

function person(name: string): Identity {
  const id = `${name}-${randomUUID()}`;
  return { person: id, name, email: `${id}@example.test` };
}
