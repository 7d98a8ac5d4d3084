#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packs what a GPU machine without Java and without a network needs, for run.sh beside this script:
#   pack.sh [<architecture> [<text>]]
# The architecture is 90 for Hopper; the text, to compare speeds with others, is Multi30k's or the
# bundled one. The kit lies in kernels/target/gpu-kit. The model, the scripts and the pages travel
# with the checkout.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
architecture=${1:-90}
captions=$root/../shared/data/multi30k.test2016.fr
model=$root/models/fr-en
text=${2:-$(if [ -e "$captions" ]; then echo "$captions"; else echo "$model/golden/own.fr.txt"; fi)}
kit=$root/kernels/target/gpu-kit
most=$((56 << 20)) # bytes that travel, the checkout and the kit

mvn=mvn
command -v mvn >/dev/null || mvn=$root/mvnw
java_home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.home = //p')
junit=$(sed -n 's/.*<junit.version>5\(.*\)<.*/1\1/p' "$root/pom.xml") # the platform counts from 1
# What the program needs there: no network, no other device, no batch jobs, no sentences to split.
modules=java.base,java.logging,java.management,java.sql,java.xml
modules+=,jdk.incubator.vector,jdk.management,jdk.unsupported
needed=(api commons-math3 jackson-annotations jackson-core jackson-databind jcublas jcublas-natives
  jcuda jcuda-natives jna logback-classic logback-core picocli sentencepiece slf4j-api)

cd "$root"
"$mvn" -B -q -Dquick process-classes # with the libraries
libraries=$root/cli/target/launcher/lib
"$mvn" -B -q -DskipTests test-compile # with the tests, and this commit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{program/lib,tests,texts,junit}

# Classes as a jar without compression, which xz does better for all, and without natives of other
# machines and those that nothing asks for.
store() { # <classes> <jar>
  find "$1" -type f \( -name '*.dll' -o -name '*.dylib' -o -name '*.jnilib' -o -name '*.a' \
    -o -name 'libJCudaRuntime-*' -o -name 'libJNv*' -o -name 'libJCublas-*' \) -delete
  find "$1" -type f -name '*.so*' ! -path '*linux*x86*64*' ! -path '*dev/dragoman*' -delete
  "$java_home/bin/jar" --create --no-compress --no-manifest --file "$2" -C "$1" .
}

slim() { # <jar> <jar>
  rm -rf "$work/classes" && mkdir "$work/classes"
  (cd "$work/classes" && "$java_home/bin/jar" --extract --file "$1")
  store "$work/classes" "$2"
}

# The program: the launcher, the libraries, the modules, and a Java of their own.
cp dragoman "$work/program"
for jar in "$libraries"/*.jar; do
  name=${jar##*/}
  [[ " ${needed[*]} " != *" ${name%%-[0-9]*} "* ]] || slim "$jar" "$work/program/lib/$name"
done
"$java_home/bin/jlink" --add-modules "$modules" --output "$work/program/runtime" --compress=0 \
  --vm=server --strip-debug --no-header-files --no-man-pages
rm -rf "$work/program/runtime/legal"

# The kernels for one architecture, as a file for Python and with their classes; without nvcc those
# for all.
for module in cli engine kernels; do cp -r "$module/target/classes" "$work/$module"; done
fatbin=$work/kernels/dev/dragoman/device/cuda/kernels.fatbin
if command -v "${NVCC:-nvcc}" >/dev/null; then
  rm "$fatbin"
  CUDA_ARCHITECTURES=$architecture \
    kernels/src/main/cuda/fatbin.sh make "$fatbin" kernels/target/door "$work/cuda"
fi
cp "$fatbin" kernels/target/door/layout.tsv "$work"
for module in cli engine kernels; do
  store "$work/$module" "$work/program/lib/dragoman-$module.jar"
done

# Tests of kernels and engine, with JUnit.
"$mvn" -B -q -N dependency:copy "-DoutputDirectory=$work/junit" \
  "-Dartifact=org.junit.platform:junit-platform-console-standalone:$junit"
slim "$work"/junit/*.jar "$work/tests/junit.jar"
for module in kernels engine; do
  cp -r "$module/target/test-classes" "$work/tests/$module"
  find "$work/tests/$module" -type f ! -name '*.class' ! -path '*/META-INF/*' \
    ! -name '*.properties' -delete
done

# The golden lines of beam 4, and the text with its tokens and its translations in float32.
cp "$model/golden/own.fr.txt" "$work/texts/golden.fr"
python3 - "$model/golden/own.fr-en.jsonl" >"$work/texts/golden.en" <<'END'
import json, sys

plain = {"beam_size": 4, "length_penalty": 1, "max_decoding_length": 256, "num_hypotheses": 1}
records = map(json.loads, open(sys.argv[1], encoding="utf-8"))
print("\n".join(r["translations"][0] for r in records if r["options"] == plain))
END
cp "$text" "$work/texts/text.fr"
classes=$(printf %s: */target/classes)
java=("$java_home/bin/java" --add-modules jdk.incubator.vector -cp "$classes$libraries/*")
"${java[@]}" "$here/Tokenize.java" "$model" "$text" >"$work/texts/ids.txt"
"${java[@]}" dev.dragoman.cli.Main translate --quiet --device cpu --precision float32 \
  --model "$model" "$text" >"$work/texts/reference.en"

rm -rf "$kit" && mkdir -p "$kit"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --directory "$work" \
  program tests texts kernels.fatbin layout.tsv | xz --x86 --lzma2=preset=9e,dict=128MiB >"$kit/kit.tar.xz"

# What would travel: all that git does not ignore, and the kit.
bytes=$(git ls-files -z --cached --others --exclude-standard |
  xargs -0 stat -c %s "$kit/kit.tar.xz" | awk '{ sum += $1 } END { print sum }')
echo "kit: $(stat -c %s "$kit/kit.tar.xz") bytes for sm_$architecture; $bytes travel, of $most"
[ "$bytes" -le "$most" ] || { echo "kit: $((bytes - most)) bytes too many travel" >&2 && exit 1; }
for stage in first:270 second:430; do
  printf 'run {"command": "kernels/src/gpu/run.sh %s %s", "timeout_s": %s, "carry": ["%s"]}\n' \
    "${stage%:*}" kernels/target/gpu-kit "${stage#*:}" kernels/target/gpu-kit
done
