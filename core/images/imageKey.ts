import type { ActionInput } from '#core/contract/images.ts';
import { defaultActionOptions } from '#core/contract/runtime.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type ActionKey, actionCommand, type Runtime } from '#core/runtime/action.ts';
import { explainFailure } from '#core/runtime/explainFailure.ts';
import { showCommand } from '#core/runtime/shellWords.ts';
import type { StderrRule } from '#core/runtime/stderrRule.ts';
import { stripAnsi } from '#core/runtime/terminalOutput.ts';

/** What opens the image of an action; a passphrase comes apart from what is shown and kept. */
export function actionKey(
  { opensWith }: Pick<ActionInput, 'opensWith'>,
  passphrase: string | null,
): ActionKey | undefined {
  return opensWith?.type === 'passphrase' ? { ...opensWith, passphrase } : opensWith;
}

/**
 * Has the runtime open the image once: whoever gave a wrong passphrase is told so and can give another, in the place of
 * a terminal that ends at once. Fails with image.encrypted. What else fails is left to the action itself: it shows it.
 */
export async function requireFittingKey(
  {
    host,
    runtime,
    rules,
  }: { readonly host: Host; readonly runtime: Runtime; readonly rules: readonly StderrRule[] },
  { path }: Pick<ActionInput, 'path'>,
  key: ActionKey,
): Promise<void> {
  const spec = actionCommand({
    runtime,
    verb: 'exec',
    imagePath: path,
    options: { ...defaultActionOptions, isolation: 'clean' },
    args: ['true'],
    key,
  });
  const { exitStatus, stderr } = await host.run({
    ...spec,
    purpose: 'Try the key of an image',
    byHand: null,
  });
  if (exitStatus === 0) return;
  const { dialect } = runtime;
  const explained = explainFailure({ stderr, exitStatus, dialect, verb: 'exec' }, rules);
  if (explained?.code !== 'image.encrypted') return;
  throw workbenchError(
    'image.encrypted',
    { path, ...explained.facts },
    { hostId: host.id, command: showCommand(spec), evidence: stripAnsi(stderr), exitStatus },
  );
}
