import { contextBridge, ipcRenderer, webUtils } from 'electron';

/**
 * All that the page gets from the desktop: a way to ask for a port (core/serve/handshake.ts), and the path of a file that
 * the person dropped on it. The port arrives as a message of the window to itself, because ports do not pass the bridge.
 */
contextBridge.exposeInMainWorld('workbench', {
  connect: (channel: unknown) => ipcRenderer.send('workbench.connect', channel),
  pathOf: (file: File) => webUtils.getPathForFile(file),
});

ipcRenderer.on('workbench.port', (event, channel: unknown) => {
  window.postMessage({ type: 'workbench.port', channel }, window.location.origin, [...event.ports]);
});
