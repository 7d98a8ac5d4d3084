#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the two bundles for machines without Java, Linux x86-64:
#   build.sh <repository> <jars' folder> <JDK> <version> <output folder>
# dragoman-VERSION-linux-x86_64.tar.xz has everything, the bundled model too;
# dragoman-VERSION-linux-x86_64-gpu.tar.xz has no model and no oneDNN, for machines with a GPU.
set -euo pipefail
root=$1 jars=$2 jdk=$3 version=$4 out=$5
name=dragoman-$version-linux-x86_64
work=$out/work

fail() { echo "bundle: $*" >&2; exit 1; }
[ "$(uname -sm)" = "Linux x86_64" ] || fail "made on Linux x86-64 only, and this is $(uname -sm)"
for tool in tar xz; do command -v "$tool" >/dev/null || fail "$tool is missing"; done
for tool in jlink jar; do [ -x "$jdk/bin/$tool" ] || fail "$jdk has no $tool: a whole JDK is needed"; done

# What our classes and those of the libraries that we run need, java.desktop left out: nothing is drawn.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml
modules+=,jdk.crypto.ec,jdk.incubator.vector,jdk.management,jdk.unsupported

# What no class of ours asks for: CUDA's runtime and compilers, and ICU's data beside sentence breaks.
unused=(
  'lib/libJCudaRuntime-*' 'lib/libJNv*' 'lib/libJCublas-*'
  'com/ibm/icu/impl/data/icudata/'{coll,curr,lang,rbnf,region,translit,unit,zone}/'*'
)

# A jar without compression, which xz does better for all, and without natives of other machines.
slim() {
  local folder=$work/jar
  rm -rf "$folder"
  mkdir -p "$folder"
  (cd "$folder" && "$jdk/bin/jar" --extract --file "$1")
  find "$folder" -type f \( -name '*.dll' -o -name '*.dylib' -o -name '*.jnilib' -o -name '*.a' \) -delete
  find "$folder" -type f -name '*.so*' ! -path '*linux*x86*64*' ! -path '*Linux*x86_64*' \
    ! -path '*linux*amd64*' ! -path '*/dev/dragoman/*' -delete
  find "$folder" -type f -path '*/Linux-*/*' -delete # SQLite's for other C libraries
  local pattern
  for pattern in "${unused[@]}"; do find "$folder" -path "$folder/$pattern" -type f -delete; done
  local manifest=$work/manifest
  cp "$folder/META-INF/MANIFEST.MF" "$manifest" 2>/dev/null || echo "Manifest-Version: 1.0" >"$manifest"
  rm -rf "$folder/META-INF/MANIFEST.MF"
  "$jdk/bin/jar" --create --no-compress --file "$2" --manifest "$manifest" -C "$folder" .
}

rm -rf "$work"
mkdir -p "$work/$name/lib"
for jar in "$jars"/lib/*.jar "$jars/dragoman-cli-$version.jar"; do
  slim "$jar" "$work/$name/lib/${jar##*/}"
done
# Without compression, too. Debug symbols go; stack traces keep their lines.
"$jdk/bin/jlink" --add-modules "$modules" --output "$work/$name/runtime" \
  --compress=0 --vm=server --no-header-files --no-man-pages --strip-native-debug-symbols=exclude-debuginfo-files
mkdir "$work/$name/docs"
cp "$root/dragoman" "$root/LICENSE" "$root/README.md" "$work/$name"
cp -r "$root/docs/guide" "$work/$name/docs"
cp -r "$work/$name" "$work/$name-gpu"
mkdir "$work/$name/models"
cp -r "$root/models/fr-en" "$work/$name/models"
rm "$work/$name-gpu"/lib/{dnnl,opencl,javacpp}-*.jar

for bundle in "$name" "$name-gpu"; do
  tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --directory "$work" "$bundle" |
    xz -6 --threads=0 >"$out/$bundle.tar.xz.partial"
  mv "$out/$bundle.tar.xz.partial" "$out/$bundle.tar.xz"
  echo "bundle: $out/$bundle.tar.xz, $(wc -c <"$out/$bundle.tar.xz") bytes," \
    "$(du -s --block-size=M "$work/$bundle" | cut -f1) unpacked"
done
rm -rf "$work"
