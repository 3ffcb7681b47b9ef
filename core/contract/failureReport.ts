import type { ErrorReport } from './errors.ts';

/** What a report must not tell of a person and a machine. */
export interface ReportSubject {
  readonly homeFolder: string | null;
  readonly userName: string | null;
  /** Names and addresses of machines. */
  readonly hostNames: readonly string[];
}

/** Facts of the host that help to understand a failure: `System` → `Debian 12`. */
export type ReportFacts = readonly { readonly name: string; readonly value: string }[];

const nobody: ReportSubject = { homeFolder: null, userName: null, hostNames: [] };

/**
 * A failure as text that can be given to strangers: code, words, facts, command, output. Home folder, user name, names
 * of machines, addresses, passwords, tokens and keys are masked; what is left is for the person to read before sending.
 */
export function failureReportText(
  report: ErrorReport,
  facts: ReportFacts = [],
  subject: ReportSubject = nobody,
): string {
  const data = Object.entries(report.data).map(([name, value]) => `${name}: ${String(value)}`);
  const text = [
    `${report.code}: ${report.title}`,
    report.cause,
    ...data,
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...(report.command === null ? [] : [`$ ${report.command}`]),
    ...(report.exitStatus === null ? [] : [`exit status ${report.exitStatus}`]),
    ...(report.evidence === null ? [] : ['', report.evidence]),
  ].join('\n');
  return maskPrivate(text, subject);
}

/** Text without what tells who somebody is, and without secrets. Longer names are masked before what they contain. */
export function maskPrivate(
  text: string,
  { homeFolder, userName, hostNames }: ReportSubject = nobody,
): string {
  const known: (readonly [string, string])[] = [
    ...(homeFolder === null ? [] : [[homeFolder, '~'] as const]),
    ...hostNames.map((name) => [name, 'HOST'] as const),
    ...(userName === null ? [] : [[userName, 'USER'] as const]),
  ];
  const wanted = known
    .filter(([name]) => name.length > 1 && name !== '/root')
    .sort(([a], [b]) => b.length - a.length);
  const named = wanted.reduce((masked, [name, word]) => maskWord(masked, name, word), maskSecrets(text));
  return named
    .replace(/(\/(?:home|Users)\/)[^/\s:"']+/g, '$1USER')
    .replace(/\b[\w.+-]{1,64}@(?=[\w-]+\.[\w.-]+)/g, 'USER@')
    .replace(/\b(?!127\.)\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ADDRESS');
}

/** A name as a word of its own: `al` stays in `also`. */
function maskWord(text: string, name: string, word: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9_])${escaped}(?![A-Za-z0-9_])`, 'g'), () => word);
}

const hidden = '••••••';

function maskSecrets(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)/g, hidden)
    .replace(/\b(Bearer|Basic) [\w.~+/=-]{6,}/gi, `$1 ${hidden}`)
    .replace(/(:\/\/)[^/\s@]{1,200}@/g, `$1${hidden}@`)
    .replace(
      /\b([\w-]{0,40}(?:password|passwd|passphrase|secret|token|api[-_]?key|credential)[\w-]{0,20})(["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]+/gi,
      `$1$2${hidden}`,
    )
    .replace(
      /\b(?:gh[pousr]_\w{20,}|glpat-[\w-]{16,}|dckr_pat_[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}[\w.-]*)/g,
      hidden,
    );
}
