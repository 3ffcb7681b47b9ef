/* Runs in the page's own world: the other side of the bridge. */
window.addEventListener('standIn.expose', ({ detail }) => {
  const { name, methods } = JSON.parse(detail);
  const call = (method, args) =>
    window.dispatchEvent(
      new CustomEvent(`standIn.call.${name}`, { detail: JSON.stringify({ method, args }) }),
    );
  window[name] = Object.fromEntries(methods.map((method) => [method, (...args) => call(method, args)]));
});
