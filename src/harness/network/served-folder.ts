/**
 * Answers HTTP requests with the files of one folder, which is only ever read. sirv does the serving; what stands
 * around it keeps an untrusted client, or a file that changes meanwhile, from harming this process.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import sirv from 'sirv';

/** What a client may ask a part of: `bytes=100-` or `bytes=100-199`; anything else gets the whole file. */
const RANGE = /^bytes=(\d{1,15})-(\d{0,15})$/;

/**
 * `+ $ & , : ; = @` as escapes: plain characters in a path, which dnf escapes (`xen-4.17.5+1.rpm`) and sirv does not
 * decode, as decodeURI leaves what may have a meaning in a URL.
 */
const ESCAPED = /%(?:2[46BC]|3[ABD]|40)/gi;

/** @param folder may change at any time; symbolic links in it are followed. */
export function servedFolder(folder: string): RequestListener {
  const serve = sirv(folder, {
    // Files are looked up for each request: a scenario may change them between two of them.
    dev: true,
    dotfiles: true,
    extensions: [],
    setHeaders: asItIs,
  });
  return (request, response) => {
    response.once('pipe', (file: NodeJS.ReadableStream & { destroy(): void }) => {
      // The file can't be read, or the client is gone: neither would be noticed by anybody else.
      file.on('error', () => response.destroy());
      response.once('close', () => file.destroy());
    });
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
    if (!isSound(request.headers.range)) delete request.headers.range;
    request.url = request.url?.replace(ESCAPED, decodeURIComponent);
    try {
      serve(request as IncomingMessage, response, () => refuse(response, 404));
    } catch {
      // The file went away between two looks at it.
      refuse(response, 404);
    }
  };
}

/** A package index `primary.xml.gz` is a compressed file, not a compressed way to send `primary.xml`. */
function asItIs(response: ServerResponse, path: string): void {
  if (/\.(?:gz|br)$/.test(path)) {
    response.setHeader('Content-Encoding', 'identity');
    response.setHeader('Content-Type', 'application/octet-stream');
  }
  response.setHeader('Accept-Ranges', 'bytes');
}

function isSound(range: string | undefined): boolean {
  const [, from, to] = RANGE.exec(range ?? '') ?? [];
  return from !== undefined && (!to || Number(from) <= Number(to));
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain' });
  response.end(`${status}\n`);
}
