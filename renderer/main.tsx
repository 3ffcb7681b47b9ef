import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { App } from '#renderer/app/App.tsx';
import { followAppearance } from '#renderer/app/appearance.ts';
import { guardClosing } from '#renderer/app/closingGuard.ts';
import { failureHandlers } from '#renderer/app/failureHandlers.ts';
import { dataOfFirstPicture } from '#renderer/app/firstPicture.ts';
import { startFollowing } from '#renderer/app/following.ts';
import { frameCommands } from '#renderer/app/frameCommands.ts';
import { followTaskEnds } from '#renderer/app/taskNotices.ts';
import { setErrorActions } from '#renderer/commands/errorActions.ts';
import { listenForShortcuts } from '#renderer/commands/keyboard.ts';
import { registerCommands } from '#renderer/commands/registry.ts';
import { buildCommands } from '#renderer/features/builds/buildCommands.ts';
import { compareCommands } from '#renderer/features/compare/compareCommands.ts';
import { hostCommands } from '#renderer/features/hosts/hostCommands.ts';
import { imageCommands } from '#renderer/features/images/imageCommands.ts';
import { imageWorkCommands } from '#renderer/features/images/imageWorkCommands.ts';
import { instanceCommands } from '#renderer/features/instances/instanceCommands.ts';
import { overlayCommands } from '#renderer/features/overlays/overlayCommands.ts';
import { registryCommands } from '#renderer/features/registries/registryCommands.ts';
import { sandboxCommands } from '#renderer/features/sandboxes/sandboxCommands.ts';
import { shellCommands } from '#renderer/features/shells/shellCommands.ts';
import { storageCommands } from '#renderer/features/storage/storageCommands.ts';
import { trustCommands } from '#renderer/features/trust/trustCommands.ts';
import { workspaceCommands } from '#renderer/features/workspaces/workspaceCommands.ts';
import { layoutStore } from '#renderer/state/layout.ts';

/** The composition root of the page. */
async function start(root: HTMLElement): Promise<void> {
  followAppearance();
  registerCommands(
    [
      ...imageCommands,
      ...imageWorkCommands,
      ...compareCommands,
      ...registryCommands,
      ...buildCommands,
      ...sandboxCommands,
      ...instanceCommands,
      ...overlayCommands,
      ...shellCommands,
      ...storageCommands,
      ...trustCommands,
      ...workspaceCommands,
      ...hostCommands,
      ...frameCommands,
    ],
    () => ({ page: layoutStore.getState().page }),
  );
  setErrorActions(failureHandlers);
  followTaskEnds();
  guardClosing();
  listenForShortcuts();
  startFollowing();
  await dataOfFirstPicture();
  // At once, not in slices of five milliseconds: there is nothing yet that could be kept waiting.
  flushSync(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root element');
await start(root);
