import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client } from 'ldapts';
import { freePorts, isPortOpen } from '../../src/local/ports.ts';
import { startProcess } from '../../src/local/processes.ts';
import { run } from '../../src/local/run.ts';

const PROGRAM = '/usr/sbin/slapd';
const MODULES = '/usr/lib/ldap';
const SCHEMAS = ['core', 'cosine', 'inetorgperson', 'nis'];
const SUFFIX = 'dc=example,dc=test';
const ADMINISTRATOR = { dn: `cn=administrator,${SUFFIX}`, password: 'administrator' };

export const PEOPLE = `ou=people,${SUFFIX}`;
export const GROUPS = `ou=groups,${SUFFIX}`;
/** What Purser binds as, with the rights the README tells of. */
export const PURSER = { dn: `cn=purser,${SUFFIX}`, password: 'pursers-own-password' };

export interface Slapd {
  /** StartTLS. */
  ldap: string;
  ldaps: string;
  /** For everything in it, as its administrator. */
  ask<Answer>(call: (client: Client) => Promise<Answer>): Promise<Answer>;
  stop(): Promise<void>;
}

/** Debian's OpenLDAP, on its own, with nothing in it but places for people and groups. This process trusts its certificate. */
export async function startSlapd(): Promise<Slapd> {
  const home = await mkdtemp(join(tmpdir(), 'purser-slapd-'));
  await mkdir(join(home, 'database'));
  await makeCertificate(home);
  // Where AppArmor confines the program, it is by its path.
  await copyFile(PROGRAM, join(home, 'slapd'));
  await writeFile(join(home, 'slapd.conf'), configuration(home));
  const [plain, encrypted] = (await freePorts(2)) as [number, number];
  const ldap = `ldap://127.0.0.1:${plain}`;
  const ldaps = `ldaps://127.0.0.1:${encrypted}`;
  const server = await startProcess({
    name: 'slapd',
    command: join(home, 'slapd'),
    // Debugging nothing keeps it in the foreground.
    args: ['-f', join(home, 'slapd.conf'), '-h', `${ldap} ${ldaps}`, '-d', '0'],
    logFile: join(home, 'log'),
    ready: () => isPortOpen(plain),
    readyTimeoutMs: 30_000,
  });
  async function ask<Answer>(call: (client: Client) => Promise<Answer>): Promise<Answer> {
    const client = new Client({ url: ldap });
    await client.bind(ADMINISTRATOR.dn, ADMINISTRATOR.password);
    return await call(client).finally(() => client.unbind());
  }
  await ask(makePlaces);
  return {
    ldap,
    ldaps,
    ask,
    async stop() {
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function makeCertificate(home: string): Promise<void> {
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=slapd'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', join(home, 'key.pem'), '-out', join(home, 'certificate.pem')],
  ]);
  const certificate = await readFile(join(home, 'certificate.pem'), 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), certificate]);
}

/** Purser may read people, change what the connector changes of them, and write groups; nobody but itself may bind to it. */
function configuration(home: string): string {
  return `
${SCHEMAS.map((schema) => `include /etc/ldap/schema/${schema}.schema`).join('\n')}
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.3.1 NAME 'windowsAccount' SUP top AUXILIARY MAY userAccountControl )
modulepath ${MODULES}
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile ${home}/pid
TLSCertificateFile ${home}/certificate.pem
TLSCertificateKeyFile ${home}/key.pem

database mdb
suffix "${SUFFIX}"
rootdn "${ADMINISTRATOR.dn}"
rootpw ${ADMINISTRATOR.password}
directory ${home}/database
# Whoever does not ask page by page is refused.
sizelimit size.soft=50 size.hard=50 size.prtotal=unlimited
overlay memberof
overlay ppolicy
ppolicy_default "cn=policy,${SUFFIX}"

access to attrs=userPassword by anonymous auth by * none
access to dn.exact="${PEOPLE}" attrs=children by dn.exact="${PURSER.dn}" write by * read
access to dn.subtree="${PEOPLE}" attrs=entry,objectClass,uid,cn,sn,mail,employeeNumber,pwdAccountLockedTime,loginShell,userAccountControl
  by dn.exact="${PURSER.dn}" write by * read
access to dn.subtree="${GROUPS}" attrs=member,uniqueMember,memberUid by dn.exact="${PURSER.dn}" write by * read
access to * by * read
`;
}

async function makePlaces(client: Client): Promise<void> {
  await client.add(SUFFIX, { objectClass: ['dcObject', 'organization'], dc: 'example', o: 'Example' });
  await client.add(PEOPLE, { objectClass: 'organizationalUnit', ou: 'people' });
  await client.add(GROUPS, { objectClass: 'organizationalUnit', ou: 'groups' });
  await client.add(PURSER.dn, {
    objectClass: ['applicationProcess', 'simpleSecurityObject'],
    cn: 'purser',
    userPassword: PURSER.password,
  });
  await client.add(`cn=policy,${SUFFIX}`, {
    objectClass: ['applicationProcess', 'pwdPolicy'],
    cn: 'policy',
    pwdAttribute: 'userPassword',
    pwdLockout: 'TRUE',
  });
}
