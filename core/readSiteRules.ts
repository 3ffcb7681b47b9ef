import { readFile } from 'node:fs/promises';
import { errnoOf } from '#core/hosts/fileErrors.ts';
import { mergeRules, parseSiteRules } from '#core/runtime/siteRules.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import { stderrRules } from '#core/runtime/stderrRules.ts';

/** The rules of a site, before our own; what is wrong in the file is told, and the rest of it counts. */
export async function readSiteRules(file: string): Promise<readonly StderrRule[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') console.error(thrown);
    return stderrRules;
  }
  const site = parseSiteRules(text);
  for (const problem of site.problems) console.error(`${file}: ${problem}`);
  return mergeRules(site);
}
