/**
 * A program for Python, which has to be there for pip anyway: takes two libraries and the headers of the C interface out of a wheel, and lists the
 * CUDA wheels that it names. Libraries of a gigabyte pass through in pieces.
 */
export const UNPACK = `
import os, re, shutil, sys, zipfile

wheel, deps, cuda = sys.argv[1:]
header = re.compile(r'tensorflow/(include/(?:tensorflow/c|tensorflow/core/platform|(?:tensorflow/)?tsl/(?:c|platform)|xla/tsl/c)/.*\\.h)$')
library = re.compile(r'tensorflow/(libtensorflow_(?:cc|framework)\\.so\\.2)$')
found = 0
with zipfile.ZipFile(wheel) as archive, open(cuda, 'w') as names:
    for name in archive.namelist():
        if name.endswith('.dist-info/METADATA'):
            for line in archive.read(name).decode().splitlines():
                need = re.match(r'Requires-Dist: (nvidia-[^;]+);.*and-cuda', line)
                if need:
                    names.write(re.sub(r'[() ]', '', need.group(1)) + '\\n')
        head, lib = header.match(name), library.match(name)
        if not (head or lib):
            continue
        place = os.path.join(deps, head.group(1) if head else 'lib/' + lib.group(1))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with archive.open(name) as source, open(place, 'wb') as target:
            shutil.copyfileobj(source, target, 1 << 20)
        found += 1 if lib else 0
if found != 2:
    sys.exit('the wheel holds no libtensorflow_cc.so.2 and libtensorflow_framework.so.2: it is not one of TensorFlow 2.12 or later for Linux')
`
