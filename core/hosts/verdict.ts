import type { Verdict, VerdictGroup } from '#core/contract/hosts.ts';

type Fix = NonNullable<Verdict['fix']>;

/** What the user can type. */
export function youCan(command: string): Fix {
  return { command, who: 'you' };
}

/** What an administrator has to type. */
export function administratorCan(command: string): Fix {
  return { command, who: 'administrator' };
}

interface Words {
  readonly sentence: string;
  readonly fact: string;
  readonly fix?: Fix | null;
}

/** Makers of the verdicts of one group. */
export function verdictsOf(group: VerdictGroup) {
  const make =
    (level: Verdict['level']) =>
    (id: string, { sentence, fact, fix = null }: Words): Verdict => ({
      id,
      group,
      level,
      sentence,
      fact,
      fix,
    });
  return { works: make('works'), risk: make('risk'), blocked: make('blocked') };
}
