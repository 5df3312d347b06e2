export declare const BENCH_IMAGES: Readonly<Record<string, readonly string[]>>;
export declare function benchImages(names: readonly string[]): string[];
