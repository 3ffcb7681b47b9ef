import { Menu, type MenuItemConstructorOptions } from 'electron';

/**
 * The page has the menus. Only macOS needs one of ours, because copy and paste work there through it; elsewhere its
 * keys (Ctrl+R, Ctrl+W) would be taken from the shells.
 */
export function setMenu(platform: NodeJS.Platform): void {
  const template: MenuItemConstructorOptions[] = [
    { role: 'appMenu' },
    { role: 'editMenu' },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(platform === 'darwin' ? Menu.buildFromTemplate(template) : null);
}
