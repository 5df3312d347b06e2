/** The page itself: a frame that its scripts fill in. No text of a guest is in it. */
import type { RunRecord } from '../run.ts';

/**
 * Nothing but files beside the page, and no inline script or style. The player is WebAssembly. A page from disk
 * has no origin of its own in every browser: there `'self'` is the `file:` scheme.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @param folder of the data, relative to the page. */
export function indexPage({ id, state }: RunRecord, folder: string): string {
  const mark = { passed: '✓', failed: '✗', interrupted: '–' }[state];
  return `<!doctype html>
<html lang="en" data-folder="${folder}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${mark} domes ${/^[\w:-]+$/.test(id) ? id : ''}</title>
<link rel="icon" href="${folder}/icon.svg">
<link rel="stylesheet" href="${folder}/page.css">
<script src="${folder}/page.js" defer></script>
<script src="${folder}/run.js" defer></script>
</head>
<body>
<main id="page" tabindex="-1"><noscript>This report is drawn by scripts that are beside it; they are switched off.</noscript></main>
</body>
</html>
`;
}
