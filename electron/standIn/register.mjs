import { register } from 'node:module';

const standIn = JSON.stringify(new URL('./electron.mjs', import.meta.url).href);
const hook = `export const resolve = (name, context, next) =>
  name === 'electron' ? { url: ${standIn}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
