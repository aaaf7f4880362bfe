package layout

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/release"
)

// ErrNotYet says that a release does not have a type yet. Errors wrap it.
var ErrNotYet = errors.New("does not have the type")

// newTypes are the exported types of the standard library that came after Go 1.2, by the
// release that added them: the types in its source for linux, without syscall, simd and
// internal packages. Types that only an experiment switches on count from its release.
var newTypes = []struct{ release, types string }{
	{"go1.3", "crypto/tls: ClientSessionCache ClientSessionState CurveID; crypto/x509: CertificateRequest; crypto/x509/pkix: AttributeTypeAndValueSET; debug/macho: " +
		"FatArch FatArchHeader FatFile; debug/pe: DataDirectory OptionalHeader32 OptionalHeader64; debug/plan9obj: File FileHeader Section SectionHeader Sym; " +
		"net/http: ConnState; sync: Pool; testing: PB"},
	{"go1.4", "compress/flate: Resetter; compress/zlib: Resetter; crypto: Signer SignerOpts; crypto/tls: ClientHelloInfo; debug/dwarf: UnspecifiedType; debug/elf: " +
		"R_AARCH64; go/build: MultiplePackageError; image/png: CompressionLevel Encoder; sync/atomic: Value; testing: M"},
	{"go1.5", "crypto: Decrypter DecrypterOpts; crypto/rsa: OAEPOptions PKCS1v15DecryptOptions; database/sql: DBStats; debug/dwarf: Class LineEntry LineFile " +
		"LineReader LineReaderPos; debug/elf: R_PPC64; encoding/json: Delim Token; go/constant: Kind Value; go/importer: Lookup; go/types: Array Basic " +
		"BasicInfo BasicKind Builtin Chan ChanDir Checker Config Const Error Func Importer Info Initializer Interface Label Map MethodSet Named Nil Object " +
		"Package PkgName Pointer Qualifier Scope Selection SelectionKind Signature Sizes Slice StdSizes Struct Tuple Type TypeAndValue TypeName Var; image: " +
		"CMYK; image/color: CMYK; math/big: Accuracy ErrNaN Float RoundingMode; mime: WordDecoder WordEncoder; mime/quotedprintable: Reader Writer; net/mail: " +
		"AddressParser"},
	{"go1.6", "crypto/tls: RecordHeaderError; crypto/x509: InsecureAlgorithmError; debug/elf: Chdr32 Chdr64 CompressionType R_MIPS; go/types: ImportMode " +
		"ImporterFrom; image: NYCbCrA; image/color: NYCbCrA; net/http/httputil: BufferPool; net/url: InvalidHostError; text/template: ExecError"},
	{"go1.7", "context: CancelFunc Context; crypto/tls: RenegotiationSupport; debug/elf: R_390; net/http/httptrace: ClientTrace DNSDoneInfo DNSStartInfo GotConnInfo " +
		"WroteRequestInfo; os/user: Group UnknownGroupError UnknownGroupIdError; runtime: Frame Frames"},
	{"go1.8", "crypto/tls: CertificateRequestInfo SignatureScheme; database/sql: ColumnType IsolationLevel NamedArg TxOptions; database/sql/driver: ConnBeginTx " +
		"ConnPrepareContext ExecerContext IsolationLevel NamedValue Pinger QueryerContext RowsColumnTypeDatabaseTypeName RowsColumnTypeLength " +
		"RowsColumnTypeNullable RowsColumnTypePrecisionScale RowsColumnTypeScanType RowsNextResultSet StmtExecContext StmtQueryContext TxOptions; debug/pe: " +
		"Reloc StringTable; math/rand: Source64; net: Buffers Resolver; net/http: PushOptions Pusher; plugin: Plugin Symbol"},
	{"go1.9", "database/sql: Conn Out; database/sql/driver: NamedValueChecker; image/png: EncoderBuffer EncoderBufferPool; runtime/pprof: LabelSet; sync: Map"},
	{"go1.10", "archive/tar: Format; database/sql/driver: Connector DriverContext SessionResetter; debug/macho: Reloc RelocTypeARM RelocTypeARM64 RelocTypeGeneric " +
		"RelocTypeX86_64 Rpath RpathCmd; encoding/xml: TokenReader; html/template: Srcset; strings: Builder"},
	{"go1.11", "debug/elf: R_RISCV; net: ListenConfig; net/http: SameSite; runtime/trace: Region Task; syscall/js: Callback Error EventCallbackFlag Type TypedArray " +
		"Value ValueError"},
	{"go1.12", "io: StringWriter; reflect: MapIter; runtime/debug: BuildInfo Module; syscall/js: Func Wrapper"},
	{"go1.13", "crypto/ed25519: PrivateKey PublicKey; database/sql: NullInt32 NullTime; debug/dwarf: UnsupportedType"},
	{"go1.14", "crypto/tls: CipherSuite; hash/maphash: Hash Seed"},
	{"go1.15", "crypto/tls: Dialer; crypto/x509: RevocationList; database/sql/driver: Validator"},
	{"go1.16", "embed: FS; go/build/constraint: AndExpr Expr NotExpr OrExpr SyntaxError TagExpr; io: ReadSeekCloser; io/fs: DirEntry FS File FileInfo FileMode GlobFS " +
		"PathError ReadDirFS ReadDirFile ReadFileFS StatFS SubFS WalkDirFunc; os: DirEntry; runtime/metrics: Description Float64Histogram Sample Value " +
		"ValueKind; testing/fstest: MapFS MapFile; text/template/parse: CommentNode Mode"},
	{"go1.17", "compress/lzw: Reader Writer; database/sql: NullByte NullInt16; go/ast: ListExpr; go/types: Inferred Sum TypeParam; image: RGBA64Image; image/draw: " +
		"RGBA64Image; runtime/cgo: Handle; unsafe: IntegerType"},
	{"go1.18", "debug/buildinfo: BuildInfo; go/ast: IndexListExpr; go/types: ArgumentError Context Instance Term TypeList TypeParamList Union; net/netip: Addr " +
		"AddrPort Prefix; runtime/debug: BuildSetting; testing: F InternalFuzzTarget; text/template/parse: BreakNode ContinueNode"},
	{"go1.19", "debug/elf: R_LARCH; debug/pe: COFFSymbolAuxFormat5; encoding/binary: AppendByteOrder; go/doc/comment: Block Code Doc DocLink Heading Italic Link " +
		"LinkDef List ListItem Paragraph Parser Plain Printer Text; net/http: MaxBytesError; sync/atomic: Bool Int32 Int64 Pointer Uint32 Uint64 Uintptr"},
	{"go1.20", "arena: Arena; context: CancelCauseFunc; crypto/ecdh: Curve PrivateKey PublicKey; crypto/ed25519: Options; crypto/tls: CertificateVerificationError; " +
		"io: OffsetWriter; net/http: ResponseController; net/http/httputil: ProxyRequest; runtime/cgo: Incomplete"},
	{"go1.21", "cmp: Ordered; crypto/tls: AlertError QUICConfig QUICConn QUICEncryptionLevel QUICEvent QUICEventKind QUICSessionTicketOptions SessionState; " +
		"crypto/x509: RevocationListEntry; debug/elf: DynFlag1; go/build: Directive; log/slog: Attr Handler HandlerOptions JSONHandler Kind Level LevelVar " +
		"Leveler LogValuer Logger Record Source TextHandler Value; runtime: PanicNilError Pinner"},
	{"go1.22", "crypto/x509: OID; database/sql: Null; go/types: Alias; iter: Seq Seq2; math/rand/v2: ChaCha8 PCG Rand Source Zipf"},
	{"go1.23", "archive/tar: FileInfoNames; crypto/tls: ECHRejectionError; net: KeepAliveConfig; runtime/debug: CrashOptions; structs: HostLayout; unique: Handle"},
	{"go1.24", "crypto/mlkem: DecapsulationKey1024 DecapsulationKey768 EncapsulationKey1024 EncapsulationKey768; crypto/sha3: SHA3 SHAKE; crypto/tls: " +
		"EncryptedClientHelloKey; crypto/x509: PolicyMapping; debug/elf: DynamicVersion DynamicVersionDep DynamicVersionFlag DynamicVersionNeed VersionIndex; " +
		"encoding: BinaryAppender TextAppender; net/http: HTTP2Config Protocols; os: Root; runtime: Cleanup; weak: Pointer"},
	{"go1.25", "crypto: MessageSigner; encoding/json: Options; encoding/json/jsontext: Decoder Encoder Kind Options Pointer SyntacticError Token Value; " +
		"encoding/json/v2: Marshaler MarshalerTo Marshalers Options SemanticError Unmarshaler UnmarshalerFrom Unmarshalers; go/types: VarKind; hash: Cloner " +
		"XOF; io/fs: ReadLinkFS; net/http: CrossOriginProtection; runtime/trace: FlightRecorder FlightRecorderConfig"},
	{"go1.26", "crypto: Decapsulator Encapsulator; crypto/ecdh: KeyExchanger; crypto/hpke: AEAD KDF KEM PrivateKey PublicKey Recipient Sender; go/ast: Directive " +
		"DirectiveArg; log/slog: MultiHandler; net/http: ClientConn"},
	{"go1.27", "crypto/mldsa: Options Parameters PrivateKey PublicKey; database/sql/driver: RowsColumnScanner ScanContext; go/types: Hasher HasherIgnoreTags; " +
		"hash/maphash: ComparableHasher Hasher; uuid: UUID"},
}

// Since returns the release that added an exported type of the standard library, named by
// its import path and its name: "go1.19" for "sync/atomic" and "Int64". It returns "" for
// a type as old as Go 1.2, and for an unknown type.
func Since(pkg, name string) string {
	if pkg == "" {
		return ""
	}
	for _, s := range newTypes {
		i := strings.Index("; "+s.types, "; "+pkg+": ")
		if i < 0 {
			continue
		}
		names, _, _ := strings.Cut(s.types[i+len(pkg)+len(": "):], ";")
		for n := range strings.FieldsSeq(names) {
			if n == name {
				return s.release
			}
		}
	}
	return ""
}

// knowsAll reports whether a release has all of newTypes.
func knowsAll(rel release.Release) bool { return rel.AtLeast(newTypes[len(newTypes)-1].release) }

// missing returns an error if a type, or a part of it, came after the release, even as
// the target of a pointer: it is no part of the layout there, but the compiler would
// refuse the name.
func (r *Rules) missing(t Type) error {
	if r.hasAll {
		return nil
	}
	c := catalogue{rel: r.release, seen: map[Type]bool{}}
	if err := c.visit(t, 0); err != nil {
		return fmt.Errorf("layout: %w", err)
	}
	return nil
}

// A catalogue looks at every type that another is made of, once.
type catalogue struct {
	rel  release.Release
	seen map[Type]bool
}

func (c *catalogue) visit(t Type, depth int) error {
	if absent(t) || c.seen[t] || depth > maxDepth {
		return nil // the sizer refuses invalid types
	}
	if _, basic := t.(Basic); basic {
		return nil
	}
	c.seen[t] = true
	all := func(ts ...Type) error {
		for _, t := range ts {
			if err := c.visit(t, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	switch t := t.(type) {
	case *Pointer:
		return all(t.Elem)
	case *Slice:
		return all(t.Elem)
	case *Array:
		return all(t.Elem)
	case *Chan:
		return all(t.Elem)
	case *Map:
		return all(t.Key, t.Elem)
	case *Func:
		return errors.Join(all(t.Params...), all(t.Results...))
	case *Struct:
		for _, f := range t.Fields {
			if err := all(f.Type); err != nil {
				return err
			}
		}
	case *Interface:
		for _, m := range t.Methods {
			if m.Type != nil {
				if err := all(m.Type); err != nil {
					return err
				}
			}
		}
	case *Named:
		if rel := Since(t.Pkg, t.Name); rel != "" && !c.rel.AtLeast(rel) {
			return fmt.Errorf("%s %w %s, which came with %s", c.rel, ErrNotYet, short(t), rel)
		}
		if len(t.Args) > 0 && !c.rel.AtLeast("go1.18") {
			return fmt.Errorf("%s %w %s: generic types came with go1.18", c.rel, ErrNotYet, short(t))
		}
		if err := all(t.Args...); err != nil {
			return err
		}
		return all(t.Underlying)
	}
	return nil
}
