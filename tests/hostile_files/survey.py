import json, subprocess, sys, os, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
from families import FAMILIES, suffix_of
out = Path(sys.argv[1]); out.mkdir(exist_ok=True)
want = sys.argv[2].split(",") if len(sys.argv) > 2 else list(FAMILIES)
only = sys.argv[3] if len(sys.argv) > 3 else ""
for reader in want:
    files = []
    for name, make in FAMILIES[reader].items():
        if only not in name: continue
        p = out / (reader + "-" + "".join(c if c.isalnum() else "_" for c in name) + suffix_of(reader))
        if not p.exists() or os.environ.get("FRESH"):
            try: p.write_bytes(make())
            except Exception as e: print("MAKE", reader, name, repr(e)); continue
        files.append((name, p))
    t=time.time()
    done = subprocess.Popen([sys.executable, str(Path(__file__).parent / "measure.py"), reader], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    done.stdin.write("\n".join(str(p) for _, p in files)); done.stdin.close()
    for (name, p), line in zip(files, done.stdout):
        r = json.loads(line); size = p.stat().st_size
        mib = r.get("octets", 0) / 2**20; lim = 64 + 24 * size / 2**20; cpu = r.get("seconds", 0); clim = 2 + size / 1e6
        flag = ("M" if mib > lim else " ") + ("C" if cpu > clim else " ") + (" " if r.get("emlrt", False) else "E") + ("L" if r.get("length",0) > 2000 else " ")
        print(f"{flag} {reader:9} {name:30} {size:9} B {mib:8.1f}/{lim:6.1f} MiB {cpu:7.2f}/{clim:5.2f} s {r['error']}: {r.get('text','')[:70]!r}", flush=True)
    print(reader, "wall", round(time.time()-t,1))
