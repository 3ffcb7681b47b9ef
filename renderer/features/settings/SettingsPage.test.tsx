// @vitest-environment happy-dom
import { act, screen, waitFor, within } from '@testing-library/react';
import { Search, ZoomIn } from 'lucide-react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPathFromText } from '#core/contract/hostPath.ts';
import { commandRegistry, registerCommands } from '#renderer/commands/registry.ts';
import { hostsStore } from '#renderer/state/hosts.ts';
import { settingsStore } from '#renderer/state/settings.ts';
import { serveFakeCore } from '#renderer/testing/fakeCore.ts';
import { renderPage } from '#renderer/testing/renderPage.tsx';
import { sampleHost, sampleSettings } from '#renderer/testing/samples.ts';
import { SettingsPage } from './SettingsPage.tsx';

const changed = vi.fn();
const addedFolder = vi.fn();

beforeAll(() => {
  serveFakeCore((os) => ({
    settings: {
      change: os.settings.change.handler(({ input }) => {
        changed(input);
        return {};
      }),
    },
    images: {
      addFolder: os.images.addFolder.handler(({ input }) => {
        addedFolder(input.folder);
        return {};
      }),
    },
    cache: {
      usage: os.cache.usage.handler(() => ({
        path: hostPathFromText('/cache'),
        layers: 3,
        usedBytes: 3e9,
        partialBytes: 0,
        capBytes: 20e9,
      })),
    },
  }));
});

beforeEach(() => {
  changed.mockClear();
  addedFolder.mockClear();
  settingsStore.setState({
    settings: sampleSettings,
    path: hostPathFromText('/conf/settings.json'),
    problem: null,
  });
  hostsStore.setState({ isLoaded: true, hosts: [sampleHost] });
  commandRegistry.setState({ commands: new Map() });
  const perform = () => undefined;
  registerCommands(
    [
      {
        id: 'frame.search',
        label: 'frame:commands.search',
        group: 'go',
        icon: Search,
        shortcut: 'Mod+K',
        perform,
      },
      {
        id: 'view.zoomIn',
        label: 'frame:commands.zoomIn',
        group: 'view',
        icon: ZoomIn,
        shortcut: 'Mod+=',
        perform,
      },
      { id: 'storage.clean', label: 'storage:cleanCommand', group: 'images', icon: Search, perform },
    ],
    () => ({ page: 'settings' }),
  );
});

describe('the settings page', () => {
  it('saves the theme at once', async () => {
    const { user } = renderPage(<SettingsPage />);
    await user.click(screen.getByRole('radio', { name: 'Dark' }));
    await waitFor(() => expect(changed).toHaveBeenCalledWith({ appearance: { theme: 'dark' } }));
  });

  it('says what is wrong with a number, and saves only a good one', async () => {
    const { user } = renderPage(<SettingsPage />);
    const field = screen.getByLabelText('Font size');
    await user.clear(field);
    await user.type(field, '400{Enter}');
    expect(screen.getByText('Give a whole number from 6 to 48.')).toBeDefined();
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(changed).not.toHaveBeenCalled();
    await user.clear(field);
    await user.type(field, '14{Enter}');
    await waitFor(() => expect(changed).toHaveBeenCalledWith({ terminal: { fontSize: 14 } }));
  });

  it('keeps the cap of the layer store in bytes, and shows gigabytes', async () => {
    const { user } = renderPage(<SettingsPage />);
    const field = screen.getByLabelText('Keep the layer store below');
    expect(field).toHaveProperty('value', '20');
    await user.clear(field);
    await user.type(field, '7.5{Enter}');
    await waitFor(() => expect(changed).toHaveBeenCalledWith({ layers: { capBytes: 7.5e9 } }));
    expect(await screen.findByText('3.0 GB in 3 layers')).toBeDefined();
  });

  it('keeps the address of a keyserver, and leaves it to the runtime when it is empty', async () => {
    const { user } = renderPage(<SettingsPage />);
    const field = screen.getByLabelText('Keyserver');
    expect(field).toHaveProperty('placeholder', 'the runtime’s own');
    await user.type(field, 'keys.example.org{Enter}');
    expect(screen.getByText(/^An address begins with https/)).toBeDefined();
    expect(changed).not.toHaveBeenCalled();
    await user.clear(field);
    await user.type(field, 'https://keys.example.org{Enter}');
    const saved = { trust: { keyserver: 'https://keys.example.org' } };
    await waitFor(() => expect(changed).toHaveBeenCalledWith(saved));
    act(() => settingsStore.setState({ settings: { ...sampleSettings, ...saved } }));
    await user.clear(field);
    await user.tab();
    await waitFor(() => expect(changed).toHaveBeenLastCalledWith({ trust: { keyserver: null } }));
  });

  it('adds a folder by its absolute path, and no other', async () => {
    const { user } = renderPage(<SettingsPage />);
    const field = screen.getByLabelText('Folder to add');
    await user.type(field, 'images{Enter}');
    expect(screen.getByText('Give an absolute path, starting with “/”.')).toBeDefined();
    await user.clear(field);
    await user.type(field, '/scratch/my images{Enter}');
    await waitFor(() => expect(addedFolder).toHaveBeenCalledWith('/scratch/my images'));
  });

  it('makes another folder the one where pulls go', async () => {
    const { user } = renderPage(<SettingsPage />);
    await user.click(screen.getByRole('button', { name: 'Move “/data/sif” up' }));
    await waitFor(() =>
      expect(changed).toHaveBeenCalledWith({ images: { folders: ['/data/sif', '/images'] } }),
    );
  });

  it('shows why the settings file could not be read', () => {
    settingsStore.setState({ problem: 'line 3: a comma is missing' });
    renderPage(<SettingsPage />);
    expect(screen.getByRole('alert').textContent).toContain('line 3: a comma is missing');
  });

  describe('shortcuts', () => {
    async function record(keys: string) {
      const page = renderPage(<SettingsPage />);
      await page.user.click(screen.getByRole('button', { name: 'Change the keys of “Zoom in”' }));
      await page.user.keyboard(keys);
      return page;
    }

    it('are changed by pressing the new keys', async () => {
      await record('{Control>}{Alt>}i{/Alt}{/Control}');
      await waitFor(() =>
        expect(changed).toHaveBeenCalledWith({ shortcuts: { 'view.zoomIn': 'Mod+Alt+I' } }),
      );
    });

    it('say to whom the keys belong, and take them over only when asked', async () => {
      const { user } = await record('{Control>}k{/Control}');
      expect(screen.getByText('Ctrl+K already belongs to “Search images, hosts, commands”.')).toBeDefined();
      expect(changed).not.toHaveBeenCalled();
      await user.click(screen.getByRole('button', { name: 'Use it here' }));
      await waitFor(() =>
        expect(changed).toHaveBeenCalledWith({ shortcuts: { 'view.zoomIn': 'Mod+K', 'frame.search': '' } }),
      );
    });

    it('refuse keys that would swallow typing', async () => {
      await record('p');
      expect(screen.getByText(/A shortcut needs Ctrl, Alt or a function key/)).toBeDefined();
      expect(changed).not.toHaveBeenCalled();
    });

    it('are taken away with Backspace', async () => {
      await record('{Backspace}');
      await waitFor(() => expect(changed).toHaveBeenCalledWith({ shortcuts: { 'view.zoomIn': '' } }));
    });

    it('are found by the command’s words', async () => {
      const { user } = renderPage(<SettingsPage />);
      await user.type(screen.getByLabelText('Filter commands'), 'zoom');
      const section = screen.getByRole('region', { name: 'Shortcuts' });
      expect(within(section).getAllByRole('listitem')).toHaveLength(1);
    });
  });
});
