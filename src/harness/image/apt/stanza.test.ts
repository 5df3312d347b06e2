import { expect, it } from 'vitest';
import { parseStanzas } from './stanza.ts';

/** What `apt-cache show` printed on Debian 12, shortened. */
const RECORDED = `Package: linux-image-amd64
Source: linux-signed-amd64 (6.1.192+2)
Version: 6.1.192-2
Installed-Size: 13
Maintainer: Debian Kernel Team <debian-kernel@lists.debian.org>
Architecture: amd64
Provides: linux-image-generic, linux-latest-modules-6.1.0-56-amd64, wireguard-modules (= 1.0.0)
Depends: linux-image-6.1.0-56-amd64 (= 6.1.192-2)
Description: Linux for 64-bit PCs (meta-package)
 This package depends on the latest Linux kernel: a line of the
 description, not a field.
Section: kernel
Filename: pool/updates/main/l/linux-signed-amd64/linux-image-amd64_6.1.192-2_amd64.deb
Size: 1480
SHA256: 45457bcfc86c87585800b5656bdf2773b063a3bb95486b0e820d51e870491f8d

Package: grub-common
Version: 2.06-13+deb12u2
Architecture: amd64
Depends: libc6 (>= 2.34), libdevmapper1.02.1 (>= 2:1.02.36), libefiboot1 (>= 37) | libefi,
 gettext-base:any
Size: 2719088
SHA256: fa2a91e48bb85effb1d9e22e16d83774e6de0ae6167268e8150e76ae963ec671

Package: installed-only
Status: install ok installed
Version: 1.0
Architecture: all
`;

it('reads name, version, digest, size and the names of dependencies', () => {
  expect(parseStanzas(RECORDED)).toEqual([
    {
      name: 'linux-image-amd64',
      version: '6.1.192-2',
      architecture: 'amd64',
      sha256: '45457bcfc86c87585800b5656bdf2773b063a3bb95486b0e820d51e870491f8d',
      size: 1480,
      depends: ['linux-image-6.1.0-56-amd64'],
    },
    {
      name: 'grub-common',
      version: '2.06-13+deb12u2',
      architecture: 'amd64',
      sha256: 'fa2a91e48bb85effb1d9e22e16d83774e6de0ae6167268e8150e76ae963ec671',
      size: 2719088,
      depends: ['libc6', 'libdevmapper1.02.1', 'libefiboot1', 'libefi', 'gettext-base'],
    },
  ]);
});

it('finds nothing in nothing', () => {
  expect(parseStanzas('')).toEqual([]);
  expect(parseStanzas('N: Unable to locate package nowhere\n')).toEqual([]);
});
