import { headerOf, type Stage } from './definition/definitionDocument.ts';
import { parseDefinition } from './definition/parseDefinition.ts';
import { placesIn } from './definition/sourceText.ts';

/** A mirror of packages from which the base of a build did not come. */
export interface MirrorFailure {
  /** The address as the installing program says it, or the definition. */
  readonly mirror: string;
  /** In the program's words. */
  readonly reason: string;
  /** 1-based line of `MirrorURL:`, or of `Bootstrap:` where there is none. */
  readonly line: number;
}

/** What each installing program says. Sources: seen with Apptainer 1.4.5 and debootstrap 1.0.128; dnf's from its documentation. */
const says: readonly { readonly agents: readonly string[]; readonly pattern: RegExp }[] = [
  {
    agents: ['debootstrap'],
    pattern:
      /^E: (?<reason>(?:Failed getting release file|Invalid Release file|Couldn't download|Unable to download) ?(?<mirror>https?:\S+)?.*)$/m,
  },
  {
    agents: ['busybox'],
    pattern:
      /while inserting busybox: (?:while performing http request: Get "(?<mirror>[^"\n]+)": )?(?<reason>[^\n]+)/,
  },
  {
    agents: ['yum', 'dnf'],
    pattern:
      /^(?:Error: |Errors during downloading metadata.*|Curl error \(\d+\): )?(?<reason>.*(?:Failed to download metadata for repo|Cannot download repomd\.xml|Curl error \(\d+\)|Could not resolve host)[^\n]*?(?:for (?<mirror>https?:\S+)[^\n]*)?)$/m,
  },
];

/** The end of a build's output → the mirror that it could not use; null where something else failed. */
export function mirrorFailure(definition: string, output: string): MirrorFailure | null {
  if (!/conveyor failed to get/.test(output)) return null;
  const document = parseDefinition(definition);
  const places = placesIn(document.lines);
  for (const { agents, pattern } of says) {
    const stage = document.stages.find((one) => agents.includes(agentOf(one)));
    const groups = stage === undefined ? undefined : pattern.exec(output)?.groups;
    if (stage === undefined || groups === undefined) continue;
    const header = headerOf(stage, 'mirrorurl') ?? headerOf(stage, 'bootstrap');
    return {
      mirror: groups['mirror'] ?? headerOf(stage, 'mirrorurl')?.value ?? '',
      reason: (groups['reason'] ?? '').trim(),
      line: header === null ? 1 : places.lineAt(header.from),
    };
  }
  return null;
}

function agentOf(stage: Stage): string {
  return headerOf(stage, 'bootstrap')?.value.toLowerCase() ?? '';
}
