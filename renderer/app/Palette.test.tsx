// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { layoutStore, showOverlay, useLayout } from '#renderer/state/layout.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost } from '#renderer/testing/samples.ts';
import { frameCommands } from './frameCommands.ts';
import { Palette } from './Palette.tsx';

const changed = vi.fn();

beforeAll(() => {
  serveFakeCore((os) => ({
    settings: {
      change: os.settings.change.handler(({ input }) => {
        changed(input);
        return {};
      }),
    },
  }));
});

beforeEach(() => {
  changed.mockClear();
  commandRegistry.setState({ commands: new Map() });
  registerCommands(frameCommands, () => ({ page: layoutStore.getState().page }));
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost] });
  layoutStore.setState({ page: 'images', overlay: null });
});

/** The palette as the window shows it. */
function Window() {
  const overlay = useLayout((state) => state.overlay);
  return overlay === null ? <p>The page</p> : <Palette mode={overlay === 'search' ? 'all' : 'commands'} />;
}

describe('the palette', () => {
  it('runs the command that was typed', async () => {
    showOverlay('palette');
    const { user } = renderPage(<Window />);
    await user.keyboard('dark{Enter}');
    await waitFor(() => expect(changed).toHaveBeenCalledWith({ appearance: { theme: 'dark' } }));
    expect(screen.getByText('The page')).toBeDefined();
  });

  it('points at the first result after every letter', async () => {
    showOverlay('palette');
    const { user } = renderPage(<Window />);
    for (const letter of 'settings') {
      await user.keyboard(letter);
      await waitFor(() => {
        const [first, ...others] = screen
          .getAllByRole('option')
          .filter((option) => option.ariaDisabled !== 'true');
        expect(first?.getAttribute('aria-selected')).toBe('true');
        expect(others.filter((option) => option.getAttribute('aria-selected') === 'true')).toEqual([]);
      });
    }
  });

  it('is walked with the arrow keys', async () => {
    showOverlay('palette');
    const { user } = renderPage(<Window />);
    await user.keyboard('go to{ArrowDown}{Enter}');
    await waitFor(() => expect(layoutStore.getState().page).toBe('shells'));
  });

  it('shows the keys of a command', () => {
    showOverlay('palette');
    renderPage(<Window />);
    expect(screen.getByRole('option', { name: /Go to settings/ }).textContent).toContain('Ctrl+,');
  });

  it('dims what cannot be done now', () => {
    showOverlay('palette');
    renderPage(<Window />);
    const option = screen.getByRole('option', { name: /Dismiss finished tasks/ });
    expect(option.getAttribute('aria-disabled')).toBe('true');
  });

  it('says that nothing matches', async () => {
    showOverlay('palette');
    const { user } = renderPage(<Window />);
    await user.keyboard('xyzzy');
    expect(await screen.findByText('Nothing matches “xyzzy”.')).toBeDefined();
  });

  it('closes with Escape and does nothing', async () => {
    showOverlay('palette');
    const { user } = renderPage(<Window />);
    await user.keyboard('dark{Escape}');
    expect(screen.getByText('The page')).toBeDefined();
    expect(changed).not.toHaveBeenCalled();
  });

  it('finds hosts when it searches for all', async () => {
    showOverlay('search');
    const { user } = renderPage(<Window />);
    await user.keyboard('local{Enter}');
    await waitFor(() => expect(layoutStore.getState().page).toBe('hosts'));
  });
});
