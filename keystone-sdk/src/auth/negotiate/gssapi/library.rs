//! The C interface of GSSAPI (RFC 2744), as far as an initiator of SPNEGO needs it. All that is unsafe
//! in this workspace is here.
//!
//! What the library gives is released by whoever holds it: [`Name`], [`Context`] and [`Buffer`] do so
//! when they are dropped. Nothing that points to memory leaves this module.

use std::error::Error as _;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

/// The names under which MIT Kerberos installs it. The structures of GSSAPI on macOS are packed
/// otherwise, and Windows has SSPI in its place.
#[cfg(all(unix, not(target_vendor = "apple")))]
const NAMES: &[&str] = &["libgssapi_krb5.so.2", "libgssapi_krb5.so"];
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const NAMES: &[&str] = &[];

/// What a call returns: errors in the upper half, notes in the lower one.
type Status = u32;

const ERRORS: Status = 0xffff_0000;
/// The bits that tell errors of routines apart, and the one that says that there are no credentials.
const ROUTINE: Status = 0x00ff_0000;
const NO_CREDENTIALS: Status = 7 << 16;
const CONTINUE_NEEDED: Status = 1;
const MUTUAL: u32 = 2;
const BY_GSSAPI: c_int = 1;
const BY_MECHANISM: c_int = 2;

/// `GSS_C_NT_HOSTBASED_SERVICE`, 1.2.840.113554.1.2.1.4.
static OF_SERVICE: Oid = Oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04");
/// Kerberos 5, 1.2.840.113554.1.2.2.
static KERBEROS: Oid = Oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
/// SPNEGO, 1.3.6.1.5.5.2.
static SPNEGO: Oid = Oid(b"\x2b\x06\x01\x05\x05\x02");

/// An object identifier, in DER without its head.
struct Oid(&'static [u8]);

/// `gss_OID_desc`.
#[repr(C)]
struct RawOid {
    length: u32,
    elements: *const c_void,
}

/// `gss_buffer_desc`.
#[repr(C)]
struct RawBuffer {
    length: usize,
    value: *mut c_void,
}

impl Oid {
    fn raw(&self) -> RawOid {
        RawOid {
            // None that there is has more than ten bytes.
            length: u32::try_from(self.0.len()).unwrap_or(0),
            elements: self.0.as_ptr().cast(),
        }
    }
}

impl RawBuffer {
    const EMPTY: Self = Self {
        length: 0,
        value: ptr::null_mut(),
    };

    /// Lends `bytes` to a call that only reads them.
    fn lend(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len(),
            value: bytes.as_ptr().cast_mut().cast(),
        }
    }
}

type RawName = *mut c_void;
type RawContext = *mut c_void;

type ImportName =
    unsafe extern "C" fn(*mut u32, *const RawBuffer, *const RawOid, *mut RawName) -> Status;
type ReleaseName = unsafe extern "C" fn(*mut u32, *mut RawName) -> Status;
type ReleaseBuffer = unsafe extern "C" fn(*mut u32, *mut RawBuffer) -> Status;
type DeleteContext = unsafe extern "C" fn(*mut u32, *mut RawContext, *mut RawBuffer) -> Status;
type DisplayStatus =
    unsafe extern "C" fn(*mut u32, u32, c_int, *const RawOid, *mut u32, *mut RawBuffer) -> Status;
type InitContext = unsafe extern "C" fn(
    *mut u32,
    *mut c_void,
    *mut RawContext,
    RawName,
    *const RawOid,
    u32,
    u32,
    *mut c_void,
    *const RawBuffer,
    *mut *const RawOid,
    *mut RawBuffer,
    *mut u32,
    *mut u32,
) -> Status;

/// The opened library with the functions that are used of it. It is never closed: it keeps state of
/// threads and of the process.
pub(super) struct Library {
    import_name: ImportName,
    release_name: ReleaseName,
    release_buffer: ReleaseBuffer,
    delete_context: DeleteContext,
    display_status: DisplayStatus,
    init_context: InitContext,
    _opened: libloading::Library,
}

impl Library {
    /// The library, opened by whoever comes first. A failure is not kept: it may be installed later.
    pub(super) fn get() -> Result<&'static Self, String> {
        static OPENED: OnceLock<Library> = OnceLock::new();
        if let Some(opened) = OPENED.get() {
            return Ok(opened);
        }
        let opened = Self::open(NAMES)?;
        Ok(OPENED.get_or_init(|| opened))
    }

    fn open(names: &[&str]) -> Result<Self, String> {
        let mut reason = "it is not used on this system".to_owned();
        for name in names {
            // SAFETY: the library of that name is MIT Kerberos, whose initialisers may run at any time.
            match unsafe { libloading::Library::new(*name) } {
                Ok(library) => return Self::of(library).map_err(|error| why(&error)),
                Err(error) => reason = why(&error),
            }
        }
        Err(reason)
    }

    fn of(library: libloading::Library) -> Result<Self, libloading::Error> {
        // SAFETY: the types are those of RFC 2744, appendix A, which MIT's `gssapi.h` has without
        // packing on all systems that `NAMES` is not empty for.
        unsafe {
            Ok(Self {
                import_name: *library.get(b"gss_import_name")?,
                release_name: *library.get(b"gss_release_name")?,
                release_buffer: *library.get(b"gss_release_buffer")?,
                delete_context: *library.get(b"gss_delete_sec_context")?,
                display_status: *library.get(b"gss_display_status")?,
                init_context: *library.get(b"gss_init_sec_context")?,
                _opened: library,
            })
        }
    }

    /// What the two codes of a failed call mean.
    fn failure(&self, codes: Codes, mechanism: &Oid) -> Failure {
        let mut texts = self.texts(codes.major, BY_GSSAPI, mechanism);
        if codes.minor != 0 {
            texts.extend(self.texts(codes.minor, BY_MECHANISM, mechanism));
        }
        Failure { texts }
    }

    fn texts(&self, code: u32, by: c_int, mechanism: &Oid) -> Vec<String> {
        /// No failure has that many reasons.
        const MOST: usize = 8;
        let mechanism = mechanism.raw();
        let (mut texts, mut more) = (Vec::new(), 0);
        for _ in 0..MOST {
            let (mut minor, mut buffer) = (0, Buffer::empty(self));
            // SAFETY: all pointers are to values that outlive the call; `buffer` releases what comes.
            let status = unsafe {
                (self.display_status)(&mut minor, code, by, &mechanism, &mut more, &mut buffer.raw)
            };
            if status & ERRORS != 0 {
                break;
            }
            let text = String::from_utf8_lossy(buffer.bytes());
            // Some texts are handed over with the end that C gives them.
            texts.push(text.trim_end_matches('\0').to_owned());
            if more == 0 {
                break;
            }
        }
        texts
    }
}

/// The system's words, which stand behind libloading's.
fn why(error: &libloading::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// What a failed call returned.
#[derive(Clone, Copy)]
struct Codes {
    major: Status,
    minor: u32,
}

/// Why a call failed, in the library's words: what GSSAPI says of it, then the mechanism.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) texts: Vec<String>,
}

/// Memory of the library.
struct Buffer<'a> {
    library: &'a Library,
    raw: RawBuffer,
}

impl<'a> Buffer<'a> {
    fn empty(library: &'a Library) -> Self {
        let raw = RawBuffer::EMPTY;
        Self { library, raw }
    }

    fn bytes(&self) -> &[u8] {
        if self.raw.value.is_null() {
            return &[];
        }
        // SAFETY: the library has filled it, and it is released with `self` only.
        unsafe { std::slice::from_raw_parts(self.raw.value.cast(), self.raw.length) }
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: it is empty, or filled by the library and not released yet.
        unsafe { (self.library.release_buffer)(&mut minor, &mut self.raw) };
    }
}

/// The name of a service.
pub(super) struct Name {
    library: &'static Library,
    raw: RawName,
}

impl Name {
    /// That of `SERVICE@HOST`.
    pub(super) fn of_service(library: &'static Library, text: &str) -> Result<Self, Failure> {
        let (mut minor, kind) = (0, OF_SERVICE.raw());
        let text = RawBuffer::lend(text.as_bytes());
        let mut name = Self {
            library,
            raw: ptr::null_mut(),
        };
        // SAFETY: all pointers are to values that outlive the call, which copies the text.
        let major = unsafe { (library.import_name)(&mut minor, &text, &kind, &mut name.raw) };
        if major & ERRORS != 0 {
            return Err(library.failure(Codes { major, minor }, &KERBEROS));
        }
        Ok(name)
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if !self.raw.is_null() {
            let mut minor = 0;
            // SAFETY: the library made it, and it is not released yet.
            unsafe { (self.library.release_name)(&mut minor, &mut self.raw) };
        }
    }
}

/// The initiator's end of an exchange.
pub(super) struct Context {
    library: &'static Library,
    raw: RawContext,
    target: Name,
    mutual: bool,
}

// SAFETY: names and contexts of MIT Kerberos belong to no thread, and `step` wants `&mut self`, so that
// no two threads use one at the same time.
unsafe impl Send for Context {}

/// How far an exchange is after a step.
pub(super) struct State {
    /// For the other end, unless empty.
    pub(super) token: Option<Vec<u8>>,
    /// Whether no further token is needed.
    pub(super) complete: bool,
    /// Whether the other end has proved itself; of a complete exchange.
    pub(super) mutual: bool,
}

impl Context {
    /// Begins with nothing sent.
    pub(super) fn new(library: &'static Library, target: Name, mutual: bool) -> Self {
        Self {
            library,
            raw: ptr::null_mut(),
            target,
            mutual,
        }
    }

    /// Takes the token of the other end, if it sent one.
    pub(super) fn step(&mut self, received: Option<&[u8]>) -> Result<State, Failure> {
        let failed = match self.call(&SPNEGO, received) {
            Ok(state) => return Ok(state),
            Err(codes) => codes,
        };
        // SPNEGO says no more than that no mechanism has credentials; Kerberos says which cache is empty.
        if self.raw.is_null()
            && received.is_none()
            && failed.major & ROUTINE == NO_CREDENTIALS
            && let Err(codes) = self.call(&KERBEROS, None)
        {
            return Err(self.library.failure(codes, &KERBEROS));
        }
        Err(self.library.failure(failed, &SPNEGO))
    }

    fn call(&mut self, mechanism: &Oid, received: Option<&[u8]>) -> Result<State, Codes> {
        let received = received.map(RawBuffer::lend);
        let received = received.as_ref().map_or(ptr::null(), ptr::from_ref);
        let (mut minor, mut flags) = (0, 0);
        let mut token = Buffer::empty(self.library);
        let wanted = if self.mutual { MUTUAL } else { 0 };
        let mechanism = mechanism.raw();
        // SAFETY: all pointers are to values that outlive the call, or null where the interface allows
        // it: the default credential, no channel bindings, no interest in mechanism and time. The
        // context is null before the first call and the library's own afterwards; where the call fails
        // it is the library's to keep or to make null, and `drop` sees which.
        let major = unsafe {
            (self.library.init_context)(
                &mut minor,
                ptr::null_mut(),
                &mut self.raw,
                self.target.raw,
                &mechanism,
                wanted,
                0,
                ptr::null_mut(),
                received,
                ptr::null_mut(),
                &mut token.raw,
                &mut flags,
                ptr::null_mut(),
            )
        };
        if major & ERRORS != 0 {
            return Err(Codes { major, minor });
        }
        let bytes = token.bytes();
        Ok(State {
            token: (!bytes.is_empty()).then(|| bytes.to_vec()),
            complete: major & CONTINUE_NEEDED == 0,
            mutual: flags & MUTUAL != 0,
        })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if !self.raw.is_null() {
            let mut minor = 0;
            // SAFETY: the library made it, and it is not deleted yet; no token of the end is wanted.
            unsafe { (self.library.delete_context)(&mut minor, &mut self.raw, ptr::null_mut()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_named() {
        let reason = Library::open(&["libkeystone-absent.so"]).err().unwrap();
        assert!(reason.contains("libkeystone-absent.so"), "{reason}");
    }

    #[test]
    fn a_library_without_the_functions_is_refused() {
        // Every process has it open.
        let reason = Library::open(&["libc.so.6"]).err().unwrap();
        assert!(reason.contains("gss_import_name"), "{reason}");
    }
}
