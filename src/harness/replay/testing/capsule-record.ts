/** A capsule's record in which nothing has happened, for tests. */
export function capsuleRecord() {
  return {
    schema: 1,
    recordedAt: '2024-01-01T00:00:00.000Z',
    qemuVersion: '7.2.22',
    argv: ['qemu-system-x86_64'],
    image: { name: 'empty', digest: '0'.repeat(64) },
    launch: {},
    recording: { file: 'recording.gz', sha256: '1'.repeat(64), bytes: 1 },
    milestones: [],
    consoles: [],
    inputs: [],
    scenario: { result: 'failed' },
  };
}
