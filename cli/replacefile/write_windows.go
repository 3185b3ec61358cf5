package replacefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// write replaces a file, which is no link. renameio, which does this elsewhere, leaves Windows out because a rename is not sure
// to be atomic there; it is what Windows has, and the content is never seen half written.
func write(path string, content []byte, _ fs.FileMode, _ fs.FileInfo) error {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// replaceAlike is left to overwrite: a file that is open cannot be replaced on Windows, and a new one has other access lists.
func replaceAlike(string, []byte, fs.FileInfo) error { return errDiffers }
