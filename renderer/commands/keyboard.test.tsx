// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { Box } from 'lucide-react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { listenForShortcuts } from './keyboard.ts';
import { type Command, commandRegistry, registerCommands } from './registry.ts';

const performed = vi.fn();

function command(id: string, shortcut: string): Command {
  return {
    id,
    label: 'frame:commands.palette',
    group: 'help',
    icon: Box,
    shortcut,
    perform: () => performed(id),
  };
}

describe('shortcuts on the page', () => {
  beforeEach(() => {
    performed.mockClear();
    commandRegistry.setState({ commands: new Map() });
    registerCommands(
      [
        command('palette', 'Mod+Shift+P'),
        command('search', 'Mod+K'),
        command('filter', 'Mod+F'),
        command('delete', 'Delete'),
        command('help', '?'),
      ],
      () => ({ page: 'images' }),
    );
    return listenForShortcuts();
  });

  it('run their command wherever the focus is on the page', async () => {
    const { user } = renderPage(<button type="button">A row</button>);
    await user.click(screen.getByText('A row'));
    await user.keyboard('{Control>}k{/Control}{Delete}?');
    expect(performed.mock.calls.flat()).toEqual(['search', 'delete', 'help']);
  });

  it('leave the search to what has one of its own', async () => {
    const { user } = renderPage(
      <section data-own-search>
        <button type="button">A line</button>
      </section>,
    );
    await user.click(screen.getByText('A line'));
    await user.keyboard('{Control>}f{/Control}{Control>}k{/Control}');
    expect(performed.mock.calls.flat()).toEqual(['search']);
  });

  it('let a terminal have its keys, and keep only the allowed chords', async () => {
    const { user } = renderPage(
      <div className="xterm">
        <textarea aria-label="Terminal" />
      </div>,
    );
    await user.click(screen.getByLabelText('Terminal'));
    await user.keyboard('{Control>}k{/Control}{Delete}?');
    expect(performed).not.toHaveBeenCalled();
    await user.keyboard('{Control>}{Shift>}P{/Shift}{/Control}');
    expect(performed.mock.calls.flat()).toEqual(['palette']);
  });

  it('let a field be typed in and edited', async () => {
    const { user } = renderPage(<input aria-label="Filter" />);
    await user.click(screen.getByLabelText('Filter'));
    await user.keyboard('why?{Delete}');
    expect(performed).not.toHaveBeenCalled();
    expect(screen.getByLabelText('Filter')).toHaveProperty('value', 'why?');
    await user.keyboard('{Control>}k{/Control}');
    expect(performed.mock.calls.flat()).toEqual(['search']);
  });

  it('stay away from an open dialog', async () => {
    const { user } = renderPage(
      <div role="dialog" aria-label="Delete">
        <button type="button">Cancel</button>
      </div>,
    );
    await user.click(screen.getByText('Cancel'));
    await user.keyboard('{Control>}k{/Control}{Delete}');
    expect(performed).not.toHaveBeenCalled();
  });
});
