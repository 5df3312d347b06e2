/** Which names outside of every module a step may use, and which of them give another value at each run. */
import type { Mention } from './mentions.ts';

/** What the language and the platform define alike everywhere. */
const ALLOWED = new Set(
  `undefined NaN Infinity Object Array String Number Boolean Symbol BigInt Math JSON Date RegExp Promise Map Set
  WeakMap WeakSet WeakRef Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  SuppressedError DisposableStack AsyncDisposableStack Iterator Reflect Proxy Intl ArrayBuffer SharedArrayBuffer
  DataView Atomics Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array
  Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI
  decodeURIComponent structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval setImmediate
  clearImmediate console performance crypto fetch Headers Request Response Blob FormData URL URLSearchParams
  TextEncoder TextDecoder AbortController AbortSignal Event EventTarget Buffer atob btoa`.split(/\s+/),
);

/** Members of `process` whose value isn't the host's. */
const PROCESS = new Set(['nextTick', 'hrtime', 'stdout', 'stderr', 'emitWarning', 'memoryUsage']);

/** Builtin modules that compute from their arguments alone. */
const PURE_BUILTINS =
  /^(?:path|url|util|assert|buffer|string_decoder|querystring|events|timers|stream)(?:\/|$)/;

export interface Unhashable {
  /** As it is shown: `process.env`. */
  readonly what: string;
  readonly why: string;
}

/** Why a global can't be used; `undefined` when it can. */
export function troubleWithGlobal(mention: Mention): Unhashable | undefined {
  const { name, member, eager } = mention;
  const what = member === undefined ? name : `${name}.${member}`;
  if (name === 'process')
    return member !== undefined && PROCESS.has(member)
      ? undefined
      : { what, why: 'which is of the process that runs the scenario, not of its code' };
  if (name === 'eval' || name === 'Function')
    return { what: name, why: 'which runs code that is not written out' };
  if (name === 'require') return { what: name, why: 'which is not followed; import it instead' };
  if (!ALLOWED.has(name)) return { what: name, why: 'which is declared nowhere that is known here' };
  if (eager && differsAtEachRun(mention))
    return {
      what: `${what}()`,
      why: 'which gives another value at each run, while the saved machine keeps the old one',
    };
  return undefined;
}

/** Why a name of a builtin module can't be used; while modules are loaded, since its result is the host's. */
export function troubleWithBuiltin(module: string, mention: Mention): Unhashable | undefined {
  const { name, eager, use, member } = mention;
  if (module === 'process') return troubleWithGlobal({ ...mention, name: 'process' });
  if (/^(?:vm|module)$/.test(module))
    return { what: name, why: `which runs code that is not followed (node:${module})` };
  if (!eager || use !== 'call' || PURE_BUILTINS.test(module)) return undefined;
  const what = member === undefined ? `${name}()` : `${name}.${member}()`;
  return { what, why: `which asks the host (node:${module}) for a value that isn't in the code` };
}

/**
 * Within a step such values are fine: whatever came is part of the state that is saved. Outside they would be
 * shared with later steps, which would see a new one beside a restored machine that has the old one.
 */
function differsAtEachRun({ name, member, use, bare }: Mention): boolean {
  if (use !== 'call') return false;
  if (name === 'fetch') return true;
  if (name === 'Date') return member === 'now' || (member === undefined && bare);
  return (
    (name === 'Math' && member === 'random') ||
    (name === 'performance' && member === 'now') ||
    (name === 'crypto' && member !== 'subtle')
  );
}

/** Globals whose calls change nothing but their result. */
export function isPureGlobal(name: string, member: string | undefined): boolean {
  if (name === 'Object')
    return member === undefined || !/^(?:assign|define|setPrototypeOf|freeze|seal)/.test(member);
  if (name === 'Reflect') return member === 'ownKeys' || member === 'has';
  return /^(?:[A-Z]\w*|parse(?:Int|Float)|is(?:NaN|Finite)|(?:en|de)codeURI(?:Component)?|structuredClone|atob|btoa)$/.test(
    name,
  );
}
