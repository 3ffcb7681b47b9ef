/** What an archive holds, and what of it does not come through as it is. Counts of members. */
export interface ArchiveFindings {
  readonly members: number;
  readonly files: number;
  readonly folders: number;
  /** Content of all files, unpacked. */
  readonly contentBytes: number;
  readonly devices: number;
  readonly fifos: number;
  readonly setIds: number;
  readonly attributes: number;
  readonly duplicates: number;
  readonly whiteouts: number;
  readonly unknown: number;
  readonly lostNames: number;
  /** Names that are not UTF-8, or hold control characters. */
  readonly oddNames: number;
  /** Two names that are one where a file system folds case. */
  readonly caseCollisions: readonly string[];
}

/** What a person should know before the archive is used, in sentences; empty when all comes through as it is. */
export function findingWarnings(
  findings: ArchiveFindings,
  { foldsCase }: { readonly foldsCase: boolean },
): readonly string[] {
  const warnings: string[] = [];
  const say = (count: number, one: string, many: string) => {
    if (count > 0) warnings.push(count === 1 ? `1 ${one}` : `${count.toLocaleString('en-US')} ${many}`);
  };
  say(findings.devices, 'device node is left out.', 'device nodes are left out.');
  say(findings.fifos, 'named pipe is left out.', 'named pipes are left out.');
  say(findings.setIds, 'file loses its setuid or setgid bit.', 'files lose their setuid or setgid bits.');
  say(findings.attributes, 'file loses its extended attributes.', 'files lose their extended attributes.');
  say(
    findings.duplicates,
    'name is there twice: the later one counts.',
    'names are there more than once: the last one counts.',
  );
  say(
    findings.whiteouts,
    'whiteout is left out: this is a layer, not a whole system.',
    'whiteouts are left out: this is a layer, not a whole system.',
  );
  say(findings.unknown, 'member of an unknown kind is left out.', 'members of unknown kinds are left out.');
  say(findings.lostNames, 'name cannot be read and is left out.', 'names cannot be read and are left out.');
  say(
    findings.oddNames,
    'name is not text or holds control characters.',
    'names are not text or hold control characters.',
  );
  const [example] = findings.caseCollisions;
  if (foldsCase && example !== undefined)
    warnings.push(
      `Names that differ in case only are one here, such as ${example}: ${findings.caseCollisions.length} in all.`,
    );
  return warnings;
}
