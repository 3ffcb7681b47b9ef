/**
 * The few Electron APIs that the desktop shell uses, over a real Chromium: each window is a page, the preload runs in
 * an isolated world, a CDP binding carries what its ports carry. What the operating system would do (dialogs,
 * notifications, opening links, a person's click on the close button) goes over this process's IPC channel to a test.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const webOrigin = 'https://workbench.test';
const pageOrigin = 'app://workbench';
const readSource = (name) => readFileSync(join(import.meta.dirname, name), 'utf8');
const tell = (message) => process.send?.(message);
const preventable = (details = {}) => ({
  ...details,
  defaultPrevented: false,
  preventDefault() {
    this.defaultPrevented = true;
  },
});

const windows = new Set();
const answers = [];
let handlePage;
let hasQuit = false;

export const app = Object.assign(new EventEmitter(), {
  requestSingleInstanceLock: () => true,
  whenReady: () => new Promise((resolve) => setImmediate(resolve)),
  getPath: (name) => join(process.env.STAND_IN_FOLDER, name),
  exit: (status) => process.exit(status),
  quit: () => {
    if (hasQuit) return;
    hasQuit = true;
    const event = preventable();
    app.emit('will-quit', event);
    if (!event.defaultPrevented) process.exit(0);
  },
});
export const protocol = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (_scheme, handler) => {
    handlePage = handler;
  },
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
  },
};
export const ipcMain = new EventEmitter();
export const nativeTheme = { shouldUseDarkColors: false };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const Menu = { setApplicationMenu: () => undefined, buildFromTemplate: () => undefined };
export const shell = { openExternal: async (url) => tell({ openExternal: url }) };
export const dialog = {
  showMessageBox: (_window, options) => {
    tell({ messageBox: options });
    return new Promise((resolve) => answers.push((response) => resolve({ response })));
  },
};
export class Notification extends EventEmitter {
  constructor(options) {
    super();
    this.show = () => tell({ notification: options });
  }
}

class MessagePortMain extends EventEmitter {
  #waiting = [];
  #isStarted = false;
  post = () => undefined;
  postMessage(data) {
    this.post(
      data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : { value: data },
    );
  }
  start() {
    this.#isStarted = true;
    for (const data of this.#waiting.splice(0)) this.receive(data);
  }
  receive(packed) {
    if (!this.#isStarted) this.#waiting.push(packed);
    else this.emit('message', { data: packed.base64 ? Buffer.from(packed.base64, 'base64') : packed.value });
  }
  close() {
    this.post(undefined);
    this.emit('close');
  }
}
export class MessageChannelMain {
  port1 = new MessagePortMain();
  port2 = this.port1;
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows = () => [...windows];
  webContents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler) => {
      this.#openHandler = handler;
    },
  });
  #openHandler;
  #bounds;
  #ports = new Map();
  #opened;

  constructor(options) {
    super();
    this.#bounds = { x: 0, y: 0, width: options.width, height: options.height };
    windows.add(this);
    this.#opened = this.#open(options.webPreferences.preload);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async #open(preload) {
    const browser = await chromium.launch({
      executablePath: process.env.STAND_IN_CHROMIUM ?? '/usr/bin/chromium',
      args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    });
    const context = await browser.newContext({ viewport: this.#bounds });
    const page = await context.newPage();
    await context.route('**/*', (route) => this.#answer(route, page));
    page.on('popup', (popup) => popup.close());
    const cdp = await context.newCDPSession(page);
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: 'toMain', executionContextName: 'preload' });
    const prelude = `const PRELOAD = ${JSON.stringify(readFileSync(preload, 'utf8'))};`;
    const source = `{${prelude}${readSource('isolatedWorld.js')}}`;
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: readSource('mainWorld.js') });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: 'preload' });
    cdp.on('Runtime.executionContextsCleared', () => this.#closePorts());
    cdp.on('Runtime.bindingCalled', (call) => this.#receive(cdp, page, call));
    return { browser, page };
  }

  async #answer(route, page) {
    const request = route.request();
    if (request.url().startsWith(`${webOrigin}/`)) {
      const answer = await handlePage(new Request(request.url().replace(webOrigin, pageOrigin)));
      const body = Buffer.from(await answer.arrayBuffer());
      return route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
    }
    const details = preventable({ url: request.url() });
    if (request.frame().page() !== page) this.#openHandler({ url: request.url() });
    else if (request.isNavigationRequest()) this.webContents.emit('will-frame-navigate', details);
    tell({ left: request.url(), wasPrevented: details.defaultPrevented });
    return route.abort('aborted');
  }

  #receive(cdp, page, { payload, executionContextId }) {
    const call = JSON.parse(payload);
    if (call.port !== undefined) return this.#ports.get(call.port)?.receive(call.data);
    const toPage = (message) =>
      cdp
        .send('Runtime.evaluate', {
          expression: `fromMain(${JSON.stringify(message)})`,
          contextId: executionContextId,
        })
        .catch(() => undefined); // the page is gone, as a port's other end may be
    const senderFrame = {
      parent: null,
      url: page.url().replace(webOrigin, pageOrigin),
      postMessage: (name, message, [port]) => {
        const id = this.#ports.size;
        this.#ports.set(id, port);
        port.post = (data) => toPage({ port: id, data });
        toPage({ deliver: { name, message }, port: id });
      },
    };
    return ipcMain.emit(call.name, { senderFrame }, call.message);
  }

  #closePorts() {
    for (const port of this.#ports.values()) port.emit('close');
    this.#ports.clear();
  }

  async loadURL(url) {
    await (await this.#opened).page.goto(url.replace(pageOrigin, webOrigin));
    tell({ loaded: url });
  }

  close() {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    windows.delete(this);
    this.#opened.then(({ browser }) => browser.close()).then(() => app.emit('window-all-closed'));
  }

  evaluate = async (expression) => (await this.#opened).page.evaluate(expression);
  getNormalBounds = () => this.#bounds;
  isMaximized = () => false;
  isMinimized = () => false;
  isFocused = () => false;
  maximize = () => undefined;
  focus = () => undefined;
  show = () => undefined;
}

process.on('message', async ({ close, answer, evaluate }) => {
  const [window] = windows;
  if (close) window.close();
  if (answer !== undefined) answers.shift()(answer);
  if (evaluate === undefined) return;
  tell({ evaluated: await window.evaluate(evaluate).catch((error) => ({ error: error.message })) });
});
