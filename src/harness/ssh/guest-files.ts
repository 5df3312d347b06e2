/** A way to get at a guest's files. Names of them come from the guest, and are not trusted. */

export interface GuestFiles {
  /** What there is at a path, links followed. Rejects when there is nothing, or nothing that can be read. */
  kindOf(path: string): Promise<'file' | 'folder'>;
  /** Writes a file as a file of this host is, with its mode. */
  putFile(local: string, path: string): Promise<void>;
  /** Makes a folder hold what a folder of this host does; what it has beside that stays. Links are made as they are. */
  putFolder(local: string, path: string): Promise<void>;
  /** Writes a file of this host, which need not exist. */
  getFile(path: string, local: string): Promise<void>;
  /**
   * Fills a folder of this host, which exists and is empty. Links and devices are left out: what a guest's link would
   * point to on this host is none of its business.
   */
  getFolder(path: string, local: string): Promise<void>;
}
