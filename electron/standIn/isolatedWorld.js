/* Runs in the preload's isolated world with `PRELOAD` (its source) and the binding `toMain` at hand. */
const ports = new Map();
const listeners = new Map();
const pack = (data) =>
  data instanceof Uint8Array ? { base64: btoa(String.fromCharCode(...data)) } : { value: data };
const unpack = ({ base64, value }) =>
  base64 === undefined ? value : Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Called by the main process: a message with a port, data for a port, the end of a port. */
globalThis.fromMain = ({ deliver, port, data }) => {
  if (deliver !== undefined) {
    const { port1, port2 } = new MessageChannel();
    ports.set(port, port1);
    port1.onmessage = (event) => toMain(JSON.stringify({ port, data: pack(event.data) }));
    listeners.get(deliver.name)({ ports: [port2] }, deliver.message);
  } else if (data === undefined) ports.get(port).close();
  else ports.get(port).postMessage(unpack(data));
};
const ipcRenderer = {
  send: (name, message) => toMain(JSON.stringify({ name, message })),
  on: (name, listener) => listeners.set(name, listener),
};
const exposeInMainWorld = (name, api) => {
  window.addEventListener(`standIn.${name}`, ({ detail }) => {
    const [method, ...args] = JSON.parse(detail);
    api[method](...args);
  });
  window.dispatchEvent(new CustomEvent('standIn', { detail: JSON.stringify([name, ...Object.keys(api)]) }));
};
new Function('require', PRELOAD)(() => ({ ipcRenderer, contextBridge: { exposeInMainWorld } }));
