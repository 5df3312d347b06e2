/** What the page is made of, apart from data: its script, bundled from page/, its style, and the asciinema player. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pageScript } from './page-script.ts';

const PAGE = join(import.meta.dirname, 'page');

/** In the order of the cascade. */
const STYLES = ['colours', 'base', 'frame', 'overview', 'scenario', 'timeline', 'consoles'];

export interface Assets {
  readonly script: string;
  readonly style: string;
}

let known: Promise<Assets> | undefined;

/** The page's script and style, put together once in a process. */
export function pageAssets(): Promise<Assets> {
  known ??= pageScript().then((script) => {
    const style = STYLES.map((name) => readFileSync(join(PAGE, `${name}.css`), 'utf8')).join('\n');
    return { script, style };
  });
  return known;
}

/** Writes them into the report's folder. The player's licence comes with it. */
export function writeAssets(folder: string, { script, style }: Assets): void {
  const player = dirname(
    createRequire(import.meta.url).resolve('asciinema-player/dist/bundle/asciinema-player.css'),
  );
  copyFileSync(join(player, 'asciinema-player.min.js'), join(folder, 'asciinema-player.js'));
  copyFileSync(join(player, 'asciinema-player.css'), join(folder, 'asciinema-player.css'));
  copyFileSync(join(player, '../../LICENSE'), join(folder, 'asciinema-player.LICENSE.txt'));
  copyFileSync(join(PAGE, 'icon.svg'), join(folder, 'icon.svg'));
  writeFileSync(join(folder, 'page.css'), style);
  writeFileSync(join(folder, 'page.js'), script);
}
