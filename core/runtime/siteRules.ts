import { z } from 'zod';
import { errorCodeSchema } from '#core/contract/errors.ts';
import { runtimeProductSchema } from '#core/contract/runtime.ts';
import { type RestOfRule, rule, type StderrRule } from './stderrRule.ts';
import { stderrRules } from './stderrRules.ts';
import { type VersionNumber, versionNumber } from './versionNumber.ts';

/** What a file of rules holds: those that can be used, and a sentence for each that cannot. */
export interface SiteRules {
  readonly rules: readonly StderrRule[];
  readonly problems: readonly string[];
}

const longestFile = 262_144;
const mostRules = 500;
const mostWildcards = 8;

const words = z.string().trim().min(1).max(600);
const version = z.string().regex(/^\d{1,4}(\.\d{1,4}){0,2}$/, 'a version such as 1.4 or 1.4.5');

/**
 * A rule of a site, as its administrator writes it. `match` is text that stands in one line of what the runtime wrote;
 * `*` stands for anything in between, upper and lower case are the same.
 */
const siteRuleSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
  match: z
    .string()
    .max(200)
    .refine((text) => text.replaceAll('*', '').trim().length >= 4, 'at least four characters besides *')
    .refine((text) => text.split('*').length - 1 <= mostWildcards, `at most ${mostWildcards} times *`)
    .refine((text) => !text.includes('\n'), 'one line'),
  /** Empty takes `runtime.failed`. */
  code: errorCodeSchema.optional(),
  cause: words,
  nextStep: words.optional(),
  source: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .optional(),
  products: z.array(runtimeProductSchema).min(1).optional(),
  /** The first version that it counts for, and the first that it does not. */
  from: version.optional(),
  below: version.optional(),
  verbs: z
    .array(z.enum(['shell', 'run', 'exec', 'build', 'pull']))
    .min(1)
    .optional(),
  /** Facts of the host, as the doctor finds them. */
  when: z
    .strictObject({
      fakeroot: z.enum([
        'root',
        'subuid',
        'rootMapped',
        'rootMappedWithCommand',
        'commandOnly',
        'proot',
        'none',
      ]),
      userNamespaces: z.enum(['works', 'blocked', 'restrictedByAppArmor']),
      setuid: z.enum(['yes', 'no']),
      fuse: z.enum(['open', 'closed', 'missing']),
      subuid: z.enum(['usable', 'missing', 'tooSmall', 'disabled', 'noGroups', 'noTools', 'failed']),
      temporary: z.enum(['disk', 'memory', 'network', 'noexec']),
    })
    .partial()
    .optional(),
});
type SiteRule = z.infer<typeof siteRuleSchema>;

/**
 * Text of a site's `rules.json`: `{ "rules": [ { "id", "match", "cause", … } ] }` → its rules. Never fails: a rule that
 * cannot be used is left out and told of.
 */
export function parseSiteRules(text: string): SiteRules {
  if (text.length > longestFile) return onlyProblem(`The file is longer than ${longestFile} characters.`);
  const list = listOf(text);
  if (typeof list === 'string') return onlyProblem(list);
  const problems: string[] = [];
  if (list.length > mostRules) problems.push(`Only the first ${mostRules} rules are used.`);
  const rules: StderrRule[] = [];
  for (const [index, value] of list.slice(0, mostRules).entries()) {
    const parsed = siteRuleSchema.safeParse(value);
    if (!parsed.success) problems.push(`${nameOf(value, index)}: ${issuesOf(parsed.error)}`);
    else if (rules.some(({ id }) => id === siteId(parsed.data.id)))
      problems.push(`${nameOf(value, index)}: another rule before it has the same id.`);
    else rules.push(ruleOf(parsed.data));
  }
  return { rules, problems };
}

/** The rules of a site before our own, as explainFailure takes them: a site knows its machines better. */
export function mergeRules(site: SiteRules): readonly StderrRule[] {
  return [...site.rules, ...stderrRules];
}

function listOf(text: string): readonly unknown[] | string {
  const file = z.strictObject({ rules: z.array(z.unknown()), $schema: z.string().optional() });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The file is not JSON: ${error instanceof Error ? error.message : 'unknown reason'}.`;
  }
  const parsed = file.safeParse(value);
  return parsed.success
    ? parsed.data.rules
    : `The file is not an object with a list named rules: ${issuesOf(parsed.error)}`;
}

function ruleOf(site: SiteRule): StderrRule {
  const { cause, nextStep, products, verbs, when, source, from, below } = site;
  const isRanged = from !== undefined || below !== undefined;
  const rest: RestOfRule = {
    knowledge: 'site',
    cause,
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(products === undefined ? {} : { products }),
    ...(verbs === undefined ? {} : { verbs }),
    ...(when === undefined ? {} : { when: withoutUndefined(when) }),
    ...(source === undefined ? {} : { source }),
    ...(isRanged ? { versions: { from: numberOf(from), below: numberOf(below) } } : {}),
  };
  const pieces = site.match.split('*').filter((piece) => piece !== '');
  return rule(siteId(site.id), site.code ?? 'runtime.failed', { pieces }, rest);
}

/** A site's rule never has the name of one of ours. */
function siteId(id: string): string {
  return `site.${id}`;
}

function numberOf(text: string | undefined): VersionNumber | null {
  return text === undefined ? null : versionNumber(text);
}

function withoutUndefined(when: NonNullable<SiteRule['when']>): NonNullable<RestOfRule['when']> {
  return Object.fromEntries(Object.entries(when).filter(([, value]) => value !== undefined));
}

function nameOf(value: unknown, index: number): string {
  const named = z.object({ id: z.string().max(64) }).safeParse(value);
  return named.success ? `Rule ${index + 1} (${named.data.id})` : `Rule ${index + 1}`;
}

function issuesOf(error: z.ZodError): string {
  return `${error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')}.`;
}

function onlyProblem(problem: string): SiteRules {
  return { rules: [], problems: [problem] };
}
