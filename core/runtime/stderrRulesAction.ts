import { named, rule, type StderrRule } from './stderrRule.ts';

/** What was asked to run, and with what. */
export const actionRules: readonly StderrRule[] = [
  rule('bind-source', 'runtime.bindSourceMissing', /mount source ([^\n]+) doesn't exist/, {
    facts: named('path'),
  }),
  rule('helper-missing', 'host.commandMissing', /exec: "([^\n]+)": executable file not found in \$PATH/, {
    facts: named('program'),
  }),
  rule('program-missing', 'runtime.commandNotFound', /"([^\n]+)": executable file not found in \$PATH/, {
    facts: named('program'),
  }),
  rule(
    'program-path-missing',
    'runtime.commandNotFound',
    /^FATAL: +stat ([^\n]+): no such file or directory$/m,
    { facts: named('program') },
  ),
  rule('app-missing', 'runtime.commandNotFound', /Could not locate the container application: ([^\n]+)/, {
    facts: ([name = '']) => ({ program: `The app ${name}` }),
  }),
  rule(
    'working-folder',
    'host.pathMissing',
    /failed to set working directory: chdir ([^\n]+): no such file or directory/,
    { facts: named('path') },
  ),
  rule(
    'definition-missing',
    'host.pathMissing',
    /unable to open file ([^\n]+): open [^\n]+: no such file or directory/,
    { facts: named('path') },
  ),
];
