//! The folder of an index on disk, which may be one that this user may only read.
//!
//! Whoever may read the folder may read its files: those that tantivy writes in one go are otherwise for their owner alone.
//! Opening a reader takes a lock, so that no file it is about to open is collected in between, and the lock is a file. Where none
//! can be made, nothing of this user's collects files either, and reading goes on without it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
};

/// A folder of files that are mapped into memory.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    inner: MmapDirectory,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder that is there.
    pub(super) fn open(path: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { inner: MmapDirectory::open(path)?, path: path.to_owned() })
    }

    /// Lets those read a file who may read the folder.
    #[cfg(unix)]
    fn open_up(&self, file: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let mode = fs::metadata(&self.path)?.permissions().mode();
        fs::set_permissions(self.path.join(file), fs::Permissions::from_mode(mode & 0o666))
    }

    #[cfg(not(unix))]
    fn open_up(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// Says whether something cannot be written because this user may not.
pub(super) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)?;
        self.open_up(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.inner.acquire_lock(lock) {
            Err(LockError::IoError(error)) if lock.filepath == META_LOCK.filepath && is_read_only(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            taken => taken,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}
