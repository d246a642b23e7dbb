// Command verify checks a log with somebody else's code: golang.org/x/mod/sumdb.
//
// README
//
//	verify record -vkey FILE -leaf FILE -proof FILE [-checkpoint FILE] [-index N]
//	    One record: the proof (C2SP tlog-proof) and its checkpoint, against the public key and the
//	    bytes of the leaf. -checkpoint and -index replace those that the proof carries.
//	verify log -vkey FILE -ledger DIR [INDEX...]
//	    A whole log: every leaf is read from the segments, hashed with tlog, and the root compared
//	    with the signed one; then each INDEX is proved and checked with tlog.CheckRecord. Without
//	    INDEX, the first, the middle and the last record are.
//
// Signatures are checked by note.Open, hashes by tlog.RecordHash, tlog.TreeHash and tlog.CheckRecord.
// tlog.TileHashReader is not used: before x/mod 0.40 it accepts altered tiles (CVE-2026-56865).
// It runs with Go 1.19 and x/mod 0.7.0, as Debian 12 has them: see the script `run` beside it.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The formats that are read here; ARCHITECTURE.md describes them.
const (
	proofMagic    = "c2sp.org/tlog-proof@v1"
	segmentMagic  = "plainlog"
	segmentHeader = 24
	frameHeader   = 20
	maxPayload    = 64 << 20
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: verify record|log ...")
	}
	switch args[0] {
	case "record":
		return record(args[1:])
	case "log":
		return log(args[1:])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// record checks one record.
func record(args []string) error {
	flags := flag.NewFlagSet("record", flag.ContinueOnError)
	vkey := flags.String("vkey", "", "file with the public key")
	leafFile := flags.String("leaf", "", "file with the bytes of the leaf")
	proofFile := flags.String("proof", "", "file with the proof")
	checkpointFile := flags.String("checkpoint", "", "file with a checkpoint instead of the proof's")
	index := flags.Int64("index", -1, "index instead of the proof's")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*proofFile)
	if err != nil {
		return err
	}
	leaf, err := os.ReadFile(*leafFile)
	if err != nil {
		return err
	}
	proof, err := parseProof(string(text))
	if err != nil {
		return err
	}
	if *checkpointFile != "" {
		if proof.checkpoint, err = os.ReadFile(*checkpointFile); err != nil {
			return err
		}
	}
	if *index >= 0 {
		proof.index = *index
	}
	tree, err := openCheckpoint(*vkey, proof.checkpoint)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof.hashes, tree.N, tree.Hash, proof.index, tlog.RecordHash(leaf)); err != nil {
		return err
	}
	fmt.Printf("ok: record %d is in the log of %d records\n", proof.index, tree.N)
	return nil
}

type proof struct {
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

func parseProof(text string) (*proof, error) {
	head, checkpoint, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || lines[0] != proofMagic {
		return nil, errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return nil, errors.New("the proof has no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	parsed := &proof{index: index, checkpoint: []byte(checkpoint)}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		parsed.hashes = append(parsed.hashes, hash)
	}
	return parsed, nil
}

// openCheckpoint checks the signature and reads what was signed.
func openCheckpoint(vkeyFile string, text []byte) (tlog.Tree, error) {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("the note is not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("the checkpoint's root is malformed")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// stored is the hash storage of tlog, in memory.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("hash %d is missing", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

// log checks a whole log.
func log(args []string) error {
	flags := flag.NewFlagSet("log", flag.ContinueOnError)
	vkey := flags.String("vkey", "", "file with the public key")
	dir := flags.String("ledger", "", "directory of the log")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(*dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(*vkey, text)
	if err != nil {
		return err
	}
	hashes, leaves, err := readLeaves(*dir, tree.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the records do not hash to the signed root")
	}
	fmt.Printf("ok: %d records hash to the signed root\n", tree.N)
	return checkRecords(flags.Args(), tree, hashes, leaves)
}

func checkRecords(args []string, tree tlog.Tree, hashes stored, leaves [][]byte) error {
	indexes := []int64{}
	for _, arg := range args {
		index, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return err
		}
		indexes = append(indexes, index)
	}
	if len(indexes) == 0 && tree.N > 0 {
		indexes = []int64{0, tree.N / 2, tree.N - 1}
	}
	for _, index := range indexes {
		if index < 0 || index >= tree.N {
			return fmt.Errorf("record %d: the log has %d", index, tree.N)
		}
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaves[index])); err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
		fmt.Printf("ok: record %d is in the log of %d records\n", index, tree.N)
	}
	return nil
}

// readLeaves reads the first n leaves from the segments, and the hashes of their tree.
func readLeaves(dir string, n int64) (stored, [][]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "segments", "*.seg"))
	if err != nil {
		return nil, nil, err
	}
	sort.Strings(names)
	var hashes stored
	var leaves [][]byte
	for _, name := range names {
		if err := readSegment(name, n, &hashes, &leaves); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	if int64(len(leaves)) != n {
		return nil, nil, fmt.Errorf("%d records are there, %d are signed", len(leaves), n)
	}
	return hashes, leaves, nil
}

func readSegment(name string, n int64, hashes *stored, leaves *[][]byte) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if len(data) < segmentHeader || !bytes.HasPrefix(data, []byte(segmentMagic)) {
		return errors.New("not a segment")
	}
	if first := binary.BigEndian.Uint64(data[12:20]); first != uint64(len(*leaves)) && int64(len(*leaves)) < n {
		return fmt.Errorf("begins with record %d instead of %d", first, len(*leaves))
	}
	for data = data[segmentHeader:]; int64(len(*leaves)) < n && len(data) >= frameHeader; {
		payload := int(binary.BigEndian.Uint32(data[0:4]))
		leaf := int(binary.BigEndian.Uint16(data[4:6]))
		if leaf == 0 {
			return nil
		}
		end := frameHeader + leaf + payload
		if payload > maxPayload || end > len(data) {
			return fmt.Errorf("record %d is cut off", len(*leaves))
		}
		index := int64(len(*leaves))
		record := data[frameHeader : frameHeader+leaf]
		added, err := tlog.StoredHashes(index, record, *hashes)
		if err != nil {
			return err
		}
		*hashes = append(*hashes, added...)
		*leaves = append(*leaves, record)
		data = data[end:]
	}
	return nil
}
