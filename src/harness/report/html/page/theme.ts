/** Light or dark: as the system has it, unless the reader chose. */

type Theme = 'light' | 'dark';

const KEY = 'domes-theme';

export function applyTheme(): void {
  const chosen = stored();
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme(): void {
  const isDark = stored() ? stored() === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const theme: Theme = isDark ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser may refuse storage to a page from disk: the choice lasts as long as the page.
  }
}

function stored(): Theme | undefined {
  const shown = document.documentElement.dataset.theme;
  if (shown === 'light' || shown === 'dark') return shown;
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined;
  }
}
