import { type Command, Option } from 'commander';
import { isolationSchema } from '#core/contract/runtime.ts';

/** Options of shell, exec, run and the start of an instance. */
export function withRunOptions(command: Command): Command {
  return command
    .option(
      '-B, --bind <source[:destination[:ro]]>',
      'make a path of the host visible inside; repeatable',
      append,
    )
    .option('--env <name=value>', 'set a variable inside; repeatable', append)
    .option(
      '--overlay <path[:ro]>',
      'keep changes in an overlay image or folder, or look through one with :ro; repeatable',
      append,
    )
    .option(
      '--workspace <name>',
      'a workspace of the host, seen at /home/mysingularity as the home folder inside',
    )
    .option('--nv', 'use NVIDIA graphics processors')
    .option('--rocm', 'use AMD graphics processors')
    .option('--writable-tmpfs', 'let the program write to a layer in memory, gone at its end')
    .addOption(
      new Option(
        '--isolation <level>',
        'what enters: host (as the runtime does by default), clean (no home, no environment), sealed (nothing)',
      )
        .choices(isolationSchema.options)
        .default('host'),
    );
}

export function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
