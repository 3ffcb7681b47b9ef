import { settingsStore } from '#renderer/state/settings.ts';

const rememberedKey = 'mysingularity.appearance';
const rootFontSize = 16;

/**
 * Keeps the root element's theme and zoom as the settings and the system say. The last ones are remembered by the
 * browser, so that the first frame has them already.
 */
export function followAppearance(): void {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  function apply() {
    const { settings } = settingsStore.getState();
    const { theme, zoom } = settings?.appearance ?? remembered();
    const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    document.documentElement.style.fontSize = `${rootFontSize * zoom}px`;
    if (settings !== null) localStorage.setItem(rememberedKey, JSON.stringify({ theme, zoom }));
  }
  prefersDark.addEventListener('change', apply);
  settingsStore.subscribe(apply);
  apply();
}

function remembered(): { readonly theme: string; readonly zoom: number } {
  const fallback = { theme: 'system', zoom: 1 };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(rememberedKey) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('theme' in kept) || !('zoom' in kept)) return fallback;
    return typeof kept.theme === 'string' && typeof kept.zoom === 'number'
      ? { theme: kept.theme, zoom: kept.zoom }
      : fallback;
  } catch {
    return fallback; // somebody else's text under our key: the settings will be here in a moment
  }
}
