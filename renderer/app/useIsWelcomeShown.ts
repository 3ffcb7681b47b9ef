import { useLayout } from '#renderer/state/layout.ts';
import { useSettings } from '#renderer/state/settings.ts';

/** Whether the welcome page stands in the place of the page: at the first start, or when it was asked for. */
export function useIsWelcomeShown(): boolean {
  const isFirstStart = useSettings((state) => state.settings?.welcomed === false);
  return useLayout((state) => state.isWelcomeShown) ?? isFirstStart;
}
