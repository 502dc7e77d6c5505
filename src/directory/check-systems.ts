import { type Capabilities, type Identity, type SystemConnector, SystemError } from '../domain/systems.ts';

export interface SystemCheck {
  name: string;
  /** "gives groups; has no accounts; cannot end sessions" */
  can: string;
  outlasts: string[];
  /** Why it does not answer, in words for people. */
  trouble?: string;
}

/** Nobody is called that in `platform.yaml`, and the address is nobody's. */
const NOBODY: Identity = { person: 'purser', name: 'Purser', email: 'purser@purser.invalid' };

/** Asks every system about somebody who is not there: whether it answers, and whether Purser may look. */
export async function checkSystems(systems: SystemConnector[]): Promise<SystemCheck[]> {
  return await Promise.all(systems.map(check));
}

async function check(system: SystemConnector): Promise<SystemCheck> {
  const { name, capabilities } = system;
  const trouble = await troubleOf(system);
  return { name, can: inWords(capabilities), outlasts: capabilities.outlasts, trouble };
}

async function troubleOf(system: SystemConnector): Promise<string | undefined> {
  try {
    await system.holdings(NOBODY);
    return undefined;
  } catch (error) {
    if (error instanceof SystemError) return error.message;
    throw error;
  }
}

function inWords({ accounts, groups, sessions }: Capabilities): string {
  return [
    accounts ? 'makes and disables accounts' : 'has no accounts',
    groups ? 'gives groups' : 'has no groups',
    sessions ? 'ends sessions' : 'cannot end sessions',
  ].join('; ');
}
