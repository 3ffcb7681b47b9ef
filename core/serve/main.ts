import type { Core } from '#core/createCore.ts';
import { rendererFolder } from './rendererFolder.ts';
import { type ServeOptions, serve } from './serve.ts';

/** The loopback host with a core of its own: what `npm start` and `mysingularity serve` run. */
export interface Workbench {
  readonly port: number | null;
  newLaunchUrl(port?: number): string;
  /** Creates the core; until then pages load and wait. Once. */
  createCore(): Promise<void>;
  /** Closes every page's connection, ends what runs, disposes the core. */
  dispose(): Promise<void>;
}

/** Listens; nothing else, so that a browser can be started at once. */
export async function openWorkbench(listen: ServeOptions['listen']): Promise<Workbench> {
  let provide: (core: Promise<Core>) => void = () => undefined;
  const core = new Promise<Core>((resolve) => {
    provide = resolve;
  });
  let isCreated = false;
  const host = await serve({ core, rendererFolder: rendererFolder(), listen });
  return {
    port: host.port,
    newLaunchUrl: host.newLaunchUrl,
    createCore: async () => {
      isCreated = true;
      provide(
        import('#core/createCore.ts').then(({ createCore }) =>
          createCore({ door: 'loopback', capabilities: [] }),
        ),
      );
      loadFormData();
      (await core).expectWindow();
    },
    dispose: async () => {
      await host.close();
      if (isCreated) await (await core).dispose();
    },
  };
}

/**
 * node loads its fetch, and FormData with it, when somebody first names it; the decoder of calls does. That takes 50 ms
 * and more, which are to spare while the browser starts and missed when the page waits for its first answer.
 */
function loadFormData(): void {
  void globalThis.FormData;
}
