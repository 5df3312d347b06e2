# The two initramfs archives: dom0's (busybox, the Xen toolstack, the guest) and the guest's (busybox).

# archive DIR OUT: a cpio archive whose bytes depend on the contents alone: sorted names, fixed times, owners and inodes.
archive() {
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$1" && find . -mindepth 1 -printf '%P\0' | sort -z |
    packaged bin/cpio --quiet --null --create --format=newc --reproducible --owner=+0:+0) > "$2"
}

# libraries PROGRAM…: the shared libraries that the programs need, as paths in the unpacked packages. The packages' own
# loader lists them; one that only the host has is refused, since other hosts would not have it.
libraries() {
  local program line path
  for program in "$@"; do
    loader --list "$root/$program" | while read -r line; do
      [[ $line == *'=> /'* ]] || continue
      path=${line#*=> } path=${path% (*}
      if [[ $path != "$root"/* ]]; then
        echo "$program needs ${path##*/}, which no package of recipe.json has" >&2
        return 1
      fi
      echo "$path"
    done
  done | sort -u
}

# busybox_and_shell DIR: busybox with a link for each of its commands, and klibc's shell (a small dash) as /bin/sh.
# busybox's own shell edits lines itself (raw mode, ESC [6n at each prompt); klibc's leaves echo and editing to the
# terminal driver. /lib/klibc has the few commands that the boot itself needs: they start in a fraction of busybox's time.
busybox_and_shell() {
  local applet klibc=usr/lib/klibc/bin
  mkdir -p "$1"/{bin,lib/klibc}
  install -m 755 "$root/bin/busybox" "$1/bin/"
  install -m 755 "$root/$klibc/sh" "$1/bin/sh"
  install -m 755 "$root/$klibc"/{mount,insmod,mkdir,cat} "$1/lib/klibc/"
  install -m 755 "$(one "$root"/lib/klibc-*.so)" "$1/lib/"
  install -m 755 "$files/power" "$1/bin/poweroff"
  ln -s poweroff "$1/bin/reboot"
  ln -s poweroff "$1/bin/halt"
  ln -s bin "$1/sbin" # the kernel runs /sbin/poweroff when `xl shutdown` asks for it
  for applet in $("$root/bin/busybox" --list); do
    [[ -e $1/bin/$applet ]] || ln -s busybox "$1/bin/$applet"
  done
}

# guest_initramfs OUT
guest_initramfs() {
  busybox_and_shell guest
  install -m 755 "$files/guest-init" guest/init
  mkdir -p guest/{proc,sys,dev}
  archive guest "$1"
}

# dom0_initramfs OUT
dom0_initramfs() {
  local xen=usr/lib/xen-4.17/bin program path
  local programs=("$xen"/{xl,xenstored,xenconsoled,xenconsole,xen-init-dom0,libxl-save-helper} usr/bin/xenstore)
  busybox_and_shell dom0
  mkdir -p dom0/{lib64,lib/x86_64-linux-gnu,proc,sys,dev,run/xen,tmp,root,etc/xen,lib/modules,var/{lib/xen,lock,log/xen,lib/xenstored}}
  ln -s ../run dom0/var/run
  install -m 755 "$files/guest-console" dom0/bin/
  install -m 755 "$files/dom0-init" dom0/init
  install -D -m 755 "$files/block" dom0/etc/xen/scripts/block

  for program in "${programs[@]}"; do install -D -m 755 "$root/$program" "dom0/$program"; done
  for program in xenstore-{read,write}; do ln -s ../usr/bin/xenstore "dom0/bin/$program"; done
  ln -s /lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 dom0/lib64/
  # libgcc_s is opened by name when a thread ends: without it `xl create` aborts.
  for path in $(libraries "${programs[@]}") "$root/lib/x86_64-linux-gnu/libgcc_s.so.1"; do
    install -m 755 "$path" dom0/lib/x86_64-linux-gnu/
  done
  for path in xen/{xen-evtchn,xen-gntdev,xen-privcmd,xenfs/xenfs} \
    virtio/{virtio,virtio_ring,virtio_pci_legacy_dev,virtio_pci_modern_dev,virtio_pci} char/virtio_console \
    block/{virtio_blk,xen-blkback/xen-blkback}; do
    install -m 644 "$modules/kernel/drivers/$path.ko" dom0/lib/modules/
  done

  install -m 644 "$files/xl.conf" dom0/etc/xen/
  install -m 644 "$files/guest.cfg" vmlinux guest.img dom0/root/
  archive dom0 dom0.cpio
  packaged usr/bin/lz4 -l -9 -q -c dom0.cpio > "$1"
}
