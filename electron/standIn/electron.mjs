/**
 * The few Electron APIs that the desktop shell uses, over a real Chromium: the window is a page, the preload runs in
 * an isolated world, a CDP binding carries what its ports carry. What a person or the operating system would do
 * (dialogs, links, the close button) goes over this process's IPC channel to a test.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const webOrigin = 'https://workbench.test';
const pageOrigin = 'app://workbench';
const readSource = (name) => readFileSync(join(import.meta.dirname, name), 'utf8');
const tell = (message) => process.send?.(message);
const nothing = () => undefined;
const preventable = (url) => {
  const event = { url, isPrevented: false };
  return Object.assign(event, { preventDefault: () => Object.assign(event, { isPrevented: true }) });
};
const pack = (data) =>
  data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : { value: data };

let window;
const given = { answer: nothing, page: nothing };

export const app = Object.assign(new EventEmitter(), {
  requestSingleInstanceLock: () => true,
  whenReady: () => new Promise(setImmediate),
  getPath: (name) => join(process.env.STAND_IN_FOLDER, name),
  exit: (status) => process.exit(status),
  quit: () => app.emit('will-quit', preventable()),
});
export const protocol = {
  registerSchemesAsPrivileged: nothing,
  handle: (_scheme, page) => Object.assign(given, { page }),
};
export const session = {
  defaultSession: { setPermissionRequestHandler: nothing, setPermissionCheckHandler: nothing },
};
export const ipcMain = new EventEmitter();
export const nativeTheme = { shouldUseDarkColors: false };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const Menu = { setApplicationMenu: nothing, buildFromTemplate: nothing };
export const shell = { openExternal: async (url) => tell({ openExternal: url }) };
export const dialog = {
  showMessageBox: (_window, options) => {
    tell({ messageBox: options });
    return new Promise((answer) => Object.assign(given, { answer }));
  },
};
export class Notification extends EventEmitter {
  show = nothing;
}

class MessagePortMain extends EventEmitter {
  start = nothing;
  post = nothing;
  postMessage = (data) => this.post(pack(data));
  receive = ({ base64, value }) =>
    this.emit('message', { data: base64 === undefined ? value : Buffer.from(base64, 'base64') });
  close = () => this.post() ?? this.emit('close');
}
export class MessageChannelMain {
  port1 = new MessagePortMain();
  port2 = this.port1;
}

export class BrowserWindow extends EventEmitter {
  webContents = new EventEmitter();
  ports = [];

  constructor({ width, height, webPreferences }) {
    super();
    window = this;
    this.webContents.setWindowOpenHandler = (openHandler) => Object.assign(this, { openHandler });
    this.bounds = { x: 0, y: 0, width, height };
    this.opened = this.open(readFileSync(webPreferences.preload, 'utf8'));
    app.emit('web-contents-created', {}, this.webContents);
  }

  async open(preload) {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
    const context = await browser.newContext({ viewport: this.bounds });
    const page = await context.newPage();
    await page.route('**/*', (route) => this.answer(route));
    await context.route('**/*', (route) => this.openHandler({ url: route.request().url() }) && route.abort());
    page.on('popup', (popup) => popup.close());
    const cdp = await context.newCDPSession(page);
    for (const domain of ['Page', 'Runtime']) await cdp.send(`${domain}.enable`);
    await cdp.send('Runtime.addBinding', { name: 'toMain', executionContextName: 'preload' });
    const source = `{ const PRELOAD = ${JSON.stringify(preload)}; ${readSource('isolatedWorld.js')} }`;
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: readSource('mainWorld.js') });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: 'preload' });
    cdp.on('Runtime.executionContextsCleared', () => {
      for (const port of this.ports.splice(0)) port.emit('close');
    });
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId: contextId }) => {
      const toPage = (message) => {
        const expression = `fromMain(${JSON.stringify(message)})`;
        cdp.send('Runtime.evaluate', { expression, contextId }).catch(nothing); // the page may be gone
      };
      this.receive(JSON.parse(payload), page.url().replace(webOrigin, pageOrigin), toPage);
    });
    return { browser, page };
  }

  async answer(route) {
    const url = route.request().url();
    if (url.startsWith(`${webOrigin}/`)) {
      const answer = await given.page(new Request(url.replace(webOrigin, pageOrigin)));
      const body = Buffer.from(await answer.arrayBuffer());
      return route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
    }
    const details = preventable(url);
    if (route.request().isNavigationRequest()) this.webContents.emit('will-frame-navigate', details);
    tell({ left: url, wasPrevented: details.isPrevented });
    return route.abort('aborted');
  }

  receive({ name, message, port: number, data }, url, toPage) {
    if (name === undefined) return this.ports[number]?.receive(data);
    const postMessage = (deliverName, deliverMessage, [port]) => {
      const id = this.ports.push(port) - 1;
      port.post = (packed) => toPage({ port: id, data: packed });
      toPage({ port: id, deliver: { name: deliverName, message: deliverMessage } });
    };
    return ipcMain.emit(name, { senderFrame: { parent: null, url, postMessage } }, message);
  }

  async loadURL(url) {
    await (await this.opened).page.goto(url.replace(pageOrigin, webOrigin));
    tell({ loaded: url });
  }

  async close() {
    const event = preventable();
    this.emit('close', event);
    if (event.isPrevented) return;
    await (await this.opened).browser.close();
    app.emit('window-all-closed');
  }

  getNormalBounds = () => this.bounds;
  isMaximized = () => false;
  isFocused = () => false;
}

process.on('message', async ({ close, answer, evaluate }) => {
  if (close) await window.close();
  if (answer !== undefined) given.answer({ response: answer });
  if (evaluate === undefined) return;
  const evaluated = await (await window.opened).page.evaluate(evaluate);
  tell({ evaluated: evaluated ?? null }); // JSON drops undefined
});
