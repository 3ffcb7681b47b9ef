import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

/** The page itself, which the entry imports when it has opened the line to core. */
const page = '/renderer/main.tsx';

/**
 * Names the chunks of the page in index.html, so that the browser fetches them all at once. They are compiled, and styles
 * applied, when start.ts says so: it comes first.
 */
export function preloadPage(): Plugin {
  return {
    name: 'preload-page',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) =>
        bundle === undefined ? [] : { html: withLateStyles(html), tags: tagsFor(bundle) },
    },
  };
}

/** A style sheet keeps scripts waiting until it is there and applied; ours is asked for by start.ts. */
function withLateStyles(html: string): string {
  return html.replaceAll('<link rel="stylesheet"', '<link rel="preload" as="style"');
}

function tagsFor(bundle: Rolldown.OutputBundle): HtmlTagDescriptor[] {
  const names = new Set<string>();
  const add = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || names.has(name)) return;
    names.add(name);
    for (const next of chunk.imports) add(next);
  };
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== 'chunk') continue;
    if (chunk.facadeModuleId?.endsWith(page) === true) add(chunk.fileName);
  }
  const fonts = Object.keys(bundle).filter((name) => /inter-latin-wght-normal[^/]*\.woff2$/.test(name));
  const tag = (attrs: NonNullable<HtmlTagDescriptor['attrs']>): HtmlTagDescriptor => ({
    tag: 'link',
    attrs,
    injectTo: 'head',
  });
  return [
    ...fonts.map((name) =>
      tag({ rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${name}` }),
    ),
    ...[...names].map((name) => tag({ rel: 'preload', as: 'script', crossorigin: true, href: `./${name}` })),
  ];
}
