// Checks an exported folder, and proofs of the hub, with Go's own implementation of signed notes and
// transparent logs: check_tiles FOLDER VERIFIER-KEY [PROOFS].
//
// PROOFS is lines "inclusion INDEX SIZE HASHES" and "consistency FIRST SECOND HASHES", hashes in
// base64, separated by commas. Exit 0 and a line of counts; 1 and what is wrong.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width, entryBytes = 8, 256, 33

type folder struct{ path string }

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) ReadTiles(ts []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range ts {
		// Go's paths begin with the height, those of tlog-tiles do not.
		name := "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
		data, err := os.ReadFile(filepath.Join(f.path, name))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func fatal(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "NOT VERIFIED: "+format+"\n", args...)
	os.Exit(1)
}

func must(err error, what string) {
	if err != nil {
		fatal("%s: %v", what, err)
	}
}

func openCheckpoint(path, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err, "verifier key")
	data, err := os.ReadFile(path)
	must(err, "checkpoint")
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fatal("the checkpoint is that of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	root, err := tlog.ParseHash(lines[2])
	must(err, "root")
	return tlog.Tree{N: size, Hash: root}
}

// Every entry of the bundles against its leaf, which the reader has authenticated up to the root.
func checkEntries(f folder, tree tlog.Tree, hashes tlog.HashReader) {
	for number := int64(0); number*width < tree.N; number++ {
		w := int(tree.N - number*width)
		if w > width {
			w = width
		}
		path := tlog.Tile{H: height, L: 0, N: number, W: w}.Path()
		name := "tile/entries/" + strings.TrimPrefix(path, fmt.Sprintf("tile/%d/0/", height))
		data, err := os.ReadFile(filepath.Join(f.path, name))
		must(err, "bundle")
		var places []int64
		for i := 0; i < w; i++ {
			places = append(places, tlog.StoredHashIndex(0, number*width+int64(i)))
		}
		leaves, err := hashes.ReadHashes(places)
		must(err, "tiles")
		for i := 0; i < w; i++ {
			if len(data) < 2+entryBytes || data[0] != 0 || data[1] != entryBytes {
				fatal("%s: entry %d is cut off", name, i)
			}
			if tlog.RecordHash(data[2:2+entryBytes]) != leaves[i] {
				fatal("%s: entry %d is not that of its leaf", name, i)
			}
			data = data[2+entryBytes:]
		}
		if len(data) != 0 {
			fatal("%s: more than its entries", name)
		}
	}
}

func parseHashes(text string) []tlog.Hash {
	var out []tlog.Hash
	for _, one := range strings.Split(text, ",") {
		if one == "" {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(one)
		must(err, "proof")
		var hash tlog.Hash
		if copy(hash[:], data) != tlog.HashSize || len(data) != tlog.HashSize {
			fatal("a hash of a proof has %d bytes", len(data))
		}
		out = append(out, hash)
	}
	return out
}

func checkProofs(path string, hashes tlog.HashReader) int {
	file, err := os.Open(path)
	must(err, "proofs")
	defer file.Close()
	count := 0
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for ; scanner.Scan(); count++ {
		words := strings.Split(scanner.Text(), " ")
		if len(words) != 4 {
			fatal("line %d of the proofs", count)
		}
		first, err := strconv.ParseInt(words[1], 10, 64)
		must(err, "proof")
		size, err := strconv.ParseInt(words[2], 10, 64)
		must(err, "proof")
		proof := parseHashes(words[3])
		root, err := tlog.TreeHash(size, hashes)
		must(err, "root")
		if words[0] == "inclusion" {
			leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, first)})
			must(err, "leaf")
			must(tlog.CheckRecord(proof, size, root, first, leaf[0]), scanner.Text())
		} else {
			old, err := tlog.TreeHash(first, hashes)
			must(err, "root")
			must(tlog.CheckTree(proof, size, root, first, old), scanner.Text())
		}
	}
	must(scanner.Err(), "proofs")
	return count
}

func main() {
	if len(os.Args) < 3 {
		fatal("usage: check_tiles FOLDER VERIFIER-KEY [PROOFS]")
	}
	f := folder{os.Args[1]}
	tree := openCheckpoint(filepath.Join(f.path, "checkpoint"), os.Args[2])
	hashes := tlog.TileHashReader(tree, f)
	root, err := tlog.TreeHash(tree.N, hashes)
	must(err, "root")
	if !bytes.Equal(root[:], tree.Hash[:]) {
		fatal("the tiles have another root")
	}
	checkEntries(f, tree, hashes)
	proofs := 0
	if len(os.Args) > 3 {
		proofs = checkProofs(os.Args[3], hashes)
	}
	fmt.Printf("verified: %d entries, %d proofs\n", tree.N, proofs)
}
