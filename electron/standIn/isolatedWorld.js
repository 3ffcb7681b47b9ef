/* Runs in the preload's isolated world, before the preload, with `PRELOAD` and the binding `toMain` there. */
const ports = new Map();
const listeners = new Map();

const pack = (data) =>
  data instanceof Uint8Array ? { base64: btoa(String.fromCharCode(...data)) } : { value: data };
const unpack = (packed) =>
  packed.base64 === undefined
    ? packed.value
    : Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0));

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

const electron = {
  ipcRenderer: {
    send: (name, message) => toMain(JSON.stringify({ name, message })),
    on: (name, listener) => listeners.set(name, listener),
  },
  contextBridge: {
    exposeInMainWorld: (name, api) => {
      const call = ({ detail }) => api[JSON.parse(detail).method](...JSON.parse(detail).args);
      window.addEventListener(`standIn.call.${name}`, call);
      const detail = JSON.stringify({ name, methods: Object.keys(api) });
      window.dispatchEvent(new CustomEvent('standIn.expose', { detail }));
    },
  },
};
new Function('require', PRELOAD)(() => electron);
