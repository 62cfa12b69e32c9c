import type { PartnerOperation } from '../partner.ts';
import { catalogueRow, settingsCatalogue } from '../settings/settings-catalogue.ts';

/** What a value of a worksheet is. `key` may be either of two things, and is asked about. */
export type Part =
  | 'url'
  | 'username'
  | 'password'
  | 'privateKey'
  | 'keyAndPassword'
  | 'key'
  | 'userId'
  | 'loginUrl'
  | 'logoutUrl'
  | 'returnUrl';
/** What it is for: an operation at the partner, the sign-in of all of them, or the partner's own portal. */
export type Purpose = PartnerOperation | 'signIn' | 'sso';
/** Which installation of the partner: its test system, or the one with real money. */
export type System = 'uat' | 'production';

/** What a name says, as far as its words are known. */
export interface NameReading {
  readonly number: string | undefined;
  readonly part: Part | undefined;
  readonly purpose: Purpose | undefined;
  readonly system: System | undefined;
  readonly environment: 1 | 2 | undefined;
  /** Words that mean nothing here; a name with such words is asked about, never guessed. */
  readonly unknownWords: readonly string[];
}

/** Phrases by meaning, in words as `wordsOf` makes them. Names of partners are not here: those are the biller's own. */
const PARTS: Readonly<Record<Part, readonly string[]>> = {
  loginUrl: ['login url', 'sign on url', 'login page'],
  logoutUrl: ['logout url', 'log out url', 'sign out url', 'sign off url', 'logout page'],
  returnUrl: ['return url', 'redirect url', 'return page', 'back url'],
  keyAndPassword: [
    'private key and password',
    'private key password',
    'private key or password',
    'key and password',
    'key or password',
    'key password',
  ],
  privateKey: ['private key', 'privatekey', 'api key', 'secret key', 'access key'],
  url: [
    'end point web service url',
    'endpoint web service url',
    'end point url',
    'endpoint url',
    'web service url',
    'base url',
    'end point',
    'endpoint',
    'base address',
    'url',
    'uri',
    'web address',
    'address',
  ],
  userId: ['user id', 'userid', 'client id', 'login id', 'user number'],
  username: ['web service username', 'user name', 'username', 'login name', 'user', 'login', 'account name'],
  password: ['web service password', 'password', 'pass word', 'passwd', 'pwd', 'pass phrase', 'passphrase'],
  key: ['key', 'token', 'secret'],
};
const PURPOSES: Readonly<Record<Purpose, readonly string[]>> = {
  signIn: ['secondary rtdr', 'authentication', 'auth', 'sessions', 'session', 'sign in'],
  sso: ['sso connect', 'sso', 'single sign on', 'insured portal'],
  paperless: ['data pump paperless', 'datapump paperless', 'paperless'],
  autopay: ['data pump auto pay', 'data pump autopay', 'datapump autopay', 'auto pay', 'autopay'],
  payment: [
    'data pump payments',
    'data pump payment',
    'datapump payments',
    'datapump payment',
    'payment posting',
    'data pump',
    'datapump',
    'payments',
    'payment',
  ],
  balance: [
    'real time data retrieval',
    'real time data refresh',
    'payments due',
    'data refresh',
    'rtdr',
    'balances',
    'balance',
  ],
  pdf: ['remote pdf', 'pdf linking', 'pdf link', 'pdf', 'bills'],
};
const SYSTEMS: Readonly<Record<System, readonly string[]>> = {
  uat: ['user acceptance testing', 'non production', 'uat', 'test system', 'testing', 'test', 'staging', 'sandbox'],
  production: ['production', 'prod', 'live'],
};
const ENVIRONMENTS: Readonly<Record<1 | 2, readonly string[]>> = {
  1: ['environment 1', 'env 1', 'instance 1', 'first environment', 'first instance'],
  2: ['environment 2', 'env 2', 'instance 2', 'second environment', 'second instance'],
};
const FILLERS = new Set(
  'the a an of for to if applicable value is web service services api rest http https connection credential credentials integration provider partner vendor cis system systems advanced setting settings number no biller specific our your and used with environment'.split(
    ' ',
  ),
);
/** Heads of a table's columns. */
const NAME_HEADS = new Set(
  'name,field,field name,item,description,parameter,property,label,setting name,what,value name'.split(','),
);
const VALUE_HEADS = new Set('value,values,setting value,data,answer,entry,details'.split(','));
const NUMBER_HEADS = new Set(
  'no,number,id,setting,settings,advanced setting,advanced settings,setting number,advanced setting number,ic setting'.split(
    ',',
  ),
);

const WORDS_MAX = 40;
const byDescription = new Map(settingsCatalogue.map((row) => [wordsOf(row.description).join(' '), String(row.number)]));

/** A name as words: `WebService-URL (UAT)` is `web service url uat`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .normalize('NFKC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
}

/** Reads a name by its words. `own` are words that say nothing for this biller: its partner's name. */
export function readName(name: string, own: ReadonlySet<string>): NameReading {
  const words = wordsOf(name);
  const described = byDescription.get(words.join(' '));
  const lead = /^(?:advanced )?(?:setting )?(?:no |number )?(\d{1,5})(?: |$)/.exec(words.join(' '));
  const number = described ?? (lead?.[1] !== undefined && catalogueRow(lead[1]) !== undefined ? lead[1] : undefined);
  let rest = described === undefined ? ` ${words.slice(number === undefined ? 0 : leadWords(words)).join(' ')} ` : ' ';
  const isDescribed = number !== undefined && byDescription.get(rest.trim()) === number;
  if (isDescribed) rest = ' ';
  const take = <Meaning extends string | number>(
    phrases: Readonly<Record<Meaning, readonly string[]>>,
  ): Meaning | undefined => {
    const found = (Object.entries(phrases) as [Meaning, readonly string[]][])
      .flatMap(([meaning, list]) => list.map((phrase) => ({ meaning, phrase })))
      .filter(({ phrase }) => rest.includes(` ${phrase} `))
      .toSorted((a, b) => b.phrase.length - a.phrase.length)[0];
    if (found) rest = rest.replace(` ${found.phrase} `, ' ');
    return found?.meaning;
  };
  const environment = take(ENVIRONMENTS);
  const system = take(SYSTEMS);
  const purpose = take(PURPOSES);
  const part = take(PARTS);
  const unknownWords = rest.split(' ').filter((word) => word !== '' && !FILLERS.has(word) && !own.has(word));
  return {
    number,
    part,
    purpose,
    system,
    environment: environment === undefined ? undefined : String(environment) === '1' ? 1 : 2,
    unknownWords,
  };
}

/** What a cell says as the head of a column; undefined when it is none. */
export function readHead(
  text: string,
): { kind: 'name' } | { kind: 'number' } | { kind: 'value'; system?: System; environment?: 1 | 2 } | undefined {
  const words = wordsOf(text).join(' ');
  if (words === '' && text.trim() === '#') return { kind: 'number' };
  if (NAME_HEADS.has(words)) return { kind: 'name' };
  if (VALUE_HEADS.has(words)) return { kind: 'value' };
  if (NUMBER_HEADS.has(words)) return { kind: 'number' };
  const { number, part, purpose, system, environment, unknownWords } = readName(text, new Set());
  const isElse = number !== undefined || part !== undefined || purpose !== undefined || unknownWords.length > 0;
  if (isElse || (system === undefined && environment === undefined)) return undefined;
  return { kind: 'value', ...(system && { system }), ...(environment && { environment }) };
}

function leadWords(words: readonly string[]): number {
  return words.findIndex((word) => /^\d+$/.test(word)) + 1;
}
