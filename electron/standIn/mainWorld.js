/* Runs in the page's own world before it: the other side of the bridge. */
window.addEventListener('standIn', ({ detail }) => {
  const [name, ...methods] = JSON.parse(detail);
  const call = (...words) =>
    window.dispatchEvent(new CustomEvent(`standIn.${name}`, { detail: JSON.stringify(words) }));
  window[name] = Object.fromEntries(methods.map((method) => [method, call.bind(null, method)]));
});
