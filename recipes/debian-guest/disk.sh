# The disk: an MBR, GRUB in the gap behind it for a guest that has a BIOS (HVM), and one ext4 partition with the guest's system, all in
# a qcow2 file of 1 GB. For a paravirtualised one a GRUB that reads this disk comes from dom0.

readonly disk_size=$((1024 * 1024 * 1024)) disk_id=0x646f6d67 inodes=16384
readonly filesystem_label=debian filesystem_id=646f6d65-7300-4000-8000-000000000001

# special_permissions: what debugfs is told about files whose owner is not root, or whose mode is not 0644, 0755 or a link's:
# as the packages have them. `tar -tv` prints modes as `ls` does.
special_permissions() {
  cat lists/* | awk '
    function digit(text) { # `rws` as a digit: its last letter is x or, with one of the special bits, s or t
      return (text ~ /^r/ ? 4 : 0) + (text ~ /^.w/ ? 2 : 0) + (text ~ /[xst]$/ ? 1 : 0)
    }
    {
      mode = $1; split($2, owner, "/"); path = $6; sub(/^\./, "", path); sub(/\/$/, "", path)
      kind = substr(mode, 1, 1)
      if (path == "" || (kind != "-" && kind != "d")) next
      special = (mode ~ /^...[sS]/ || substr(mode, 4, 1) ~ /[sS]/ ? 4 : 0) + (substr(mode, 7, 1) ~ /[sS]/ ? 2 : 0) + (substr(mode, 10, 1) ~ /[tT]/ ? 1 : 0)
      octal = (kind == "d" ? "04" : "010") special digit(substr(mode, 2, 3)) digit(substr(mode, 5, 3)) digit(substr(mode, 8, 3))
      if (octal !~ /0(644|755)$/) print "sif \"" path "\" mode " octal
      if (owner[1] != 0) print "sif \"" path "\" uid " owner[1]
      if (owner[2] != 0) print "sif \"" path "\" gid " owner[2]
    }' | sort -u
}

# guest_disk OUT
guest_disk() {
  {
    special_permissions
    echo 'sif /root mode 040700'
    echo 'sif /tmp mode 041777'
    echo 'sif /var/tmp mode 041777'
    echo 'sif /etc/shadow mode 0100640'
    echo 'sif /etc/shadow gid 42'
    echo 'sif /var/lib/apt/lists/partial mode 040700'
    echo 'sif /var/lib/apt/lists/partial uid 42'
    echo 'sif /var/cache/apt/archives/partial mode 040700'
    echo 'sif /var/cache/apt/archives/partial uid 42'
  } > permissions
  filesystem disk.raw "$system" < permissions
  boot_record disk.raw "$root/usr/lib/grub/i386-pc" biosdisk part_msdos ext2 normal serial terminal echo linux test
  partition_table disk.raw
  python "$parts/qcow2.py" disk.raw "$1"
}
