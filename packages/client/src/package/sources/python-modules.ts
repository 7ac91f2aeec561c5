/** The modules of the standard library of Python 3.11 to 3.14, and those that 3.12 and 3.13 removed: an executor may have any. */
const standard = new Set(
  (
    "abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex " +
    "bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall " +
    "compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm " +
    "decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch " +
    "formatter fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html " +
    "http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging " +
    "lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath " +
    "nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil platform " +
    "plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri " +
    "random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site " +
    "sitecustomize smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat " +
    "statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib " +
    "tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty " +
    "turtle turtledemo types typing unicodedata unittest urllib usercustomize uu uuid venv warnings wave weakref webbrowser " +
    "winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo"
  ).split(" "),
);

/** Libraries that are installed under another name than they are imported. */
const distributions = new Map([
  ["attr", "attrs"],
  ["bs4", "beautifulsoup4"],
  ["Crypto", "pycryptodome"],
  ["cv2", "opencv-python-headless"],
  ["dateutil", "python-dateutil"],
  ["docx", "python-docx"],
  ["dotenv", "python-dotenv"],
  ["jwt", "PyJWT"],
  ["ldap", "python-ldap"],
  ["MySQLdb", "mysqlclient"],
  ["OpenSSL", "pyOpenSSL"],
  ["PIL", "pillow"],
  ["psycopg2", "psycopg2-binary"],
  ["serial", "pyserial"],
  ["sklearn", "scikit-learn"],
  ["yaml", "PyYAML"],
]);

/** True for a module that every run has: Python's own, and those of the SDK. */
export function isProvidedModule(name: string): boolean {
  return standard.has(name) || name.startsWith("_") || /^(?:sealrun|sealrun_context|fx_ef|ferris_[a-z]+)$/.test(name);
}

/** The name under which a library is probably installed. */
export function distributionOf(module: string): string {
  return distributions.get(module) ?? module;
}
