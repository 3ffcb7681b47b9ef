import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Writes what failed outside of tests (a hook, a file that could not be loaded), which vitest's JSON report leaves out,
 * as `[{ name, message }]` into `MYSINGULARITY_REPORTS`/`MYSINGULARITY_SUITE`-outside.json for `summary.mjs`.
 */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class HookFailures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const { MYSINGULARITY_REPORTS: folder, MYSINGULARITY_SUITE: suite } = process.env;
    if (folder === undefined || suite === undefined) return;
    const failures = [
      ...modules.flatMap((module) =>
        [module, ...module.children.allSuites()].flatMap((holder) => {
          const name = holder.type === 'suite' ? holder.fullName : 'the file itself';
          return holder
            .errors()
            .map((error) => ({ name: `${module.relativeModuleId} > ${name}`, message: textOf(error) }));
        }),
      ),
      ...unhandled.map((error) => ({ name: 'outside of any file', message: textOf(error) })),
    ];
    writeFileSync(join(folder, `${suite}-outside.json`), JSON.stringify(failures));
  }
}

function textOf({ message, stack }: { readonly message: string; readonly stack?: string }): string {
  return stack?.includes(message) === true ? stack : `${message}\n${stack ?? ''}`;
}
