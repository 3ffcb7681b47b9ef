import { app, BrowserWindow, session } from 'electron';
import { type Core, createCore } from '#core/createCore.ts';
import { setMenu } from './menu.ts';
import { notifyOfEnds } from './nativeNotifications.ts';
import { announcePageScheme, servePage } from './pageProtocol.ts';
import { answerConnections } from './rpcHost.ts';
import { lockDownPage, lockDownSession } from './security.ts';
import { openWindow } from './window.ts';

function run(): void {
  const ending = new AbortController();
  announcePageScheme();
  const core = createCore({ door: 'electron', capabilities: ['nativeDialogs', 'nativeNotifications'] });
  core.catch(fail);
  app.on('web-contents-created', (_event, contents) => lockDownPage(contents));
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => app.quit());
  const end = () => {
    if (ending.signal.aborted) return;
    ending.abort();
    core.then((opened) => opened.dispose()).then(() => app.exit(0), fail);
  };
  app.on('will-quit', (event) => {
    event.preventDefault();
    end();
  });
  // Whoever sends a signal wants no question.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // Not awaited at the top level: Electron becomes ready only after this module has run.
  app.whenReady().then(() => start(core, ending.signal), fail);
}

function start(core: Promise<Core>, signal: AbortSignal): void {
  setMenu(process.platform);
  lockDownSession(session.defaultSession);
  servePage();
  answerConnections(core);
  const window = openWindow(core);
  core
    .then((opened) => {
      opened.expectWindow();
      return notifyOfEnds(opened.client(), window, signal);
    })
    .catch((error: unknown) => {
      if (!signal.aborted) console.error(error);
    });
}

/** A second start shows the window of the first. */
function showWindow(): void {
  const window = BrowserWindow.getAllWindows()[0];
  if (window?.isMinimized() === true) window.restore();
  window?.focus();
}

function fail(error: unknown): void {
  console.error(error);
  app.exit(1);
}

// Two cores of one window would only contend for the same tasks; the command line may run beside it.
if (app.requestSingleInstanceLock()) run();
else app.quit();
