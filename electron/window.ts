import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { Core } from '#core/createCore.ts';
import { mayClose } from './closingQuestion.ts';
import { pageOrigin } from './pageAddress.ts';
import { readWindowBounds, writeWindowBounds } from './windowBounds.ts';

/** The one window. It remembers its place, and asks before it closes over running work. */
export function openWindow(core: Promise<Core>): BrowserWindow {
  const file = join(app.getPath('userData'), 'window.json');
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const last = readWindowBounds(file, screens);
  const window = new BrowserWindow({
    ...(last?.bounds ?? { width: 1280, height: 800 }),
    minWidth: 800,
    minHeight: 500,
    title: 'MySingularity Workbench',
    // What shows until the page has painted.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181c' : '#ffffff',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      // Terminals and progress go on while the window is hidden.
      backgroundThrottling: false,
      spellcheck: false,
    },
  });
  if (last?.isMaximized === true) window.maximize();
  askBeforeClosing(window, core, () => {
    writeWindowBounds(file, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  window.loadURL(`${pageOrigin}/`).catch((error: unknown) => console.error(error));
  return window;
}

function askBeforeClosing(window: BrowserWindow, core: Promise<Core>, onClosing: () => void): void {
  let isAllowed = false;
  let isAsking = false;
  // The page asks in a browser; here we do.
  window.webContents.on('will-prevent-unload', (event) => event.preventDefault());
  window.on('close', (event) => {
    onClosing();
    if (isAllowed) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    mayClose(window, core)
      .catch((error: unknown) => {
        // A core that cannot be asked has nothing left to lose.
        console.error(error);
        return true;
      })
      .then((answer) => {
        isAsking = false;
        isAllowed = answer;
        if (answer) window.close();
      })
      .catch((error: unknown) => console.error(error));
  });
}
